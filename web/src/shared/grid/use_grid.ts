import { useCallback, useEffect, useMemo, useState } from 'react'
import { columnStarts, columnWidths, frozenColumns } from './geometry'
import { inside, only, rangeOf, type Cell, type Range, type Selection } from './selection'
import { cellName, type ResultGridProps } from './types'
import { useGridChanges, type GridChanges } from './use_grid_changes'
import { useViewport, type GridViewport } from './use_viewport'

/** A grid at work: what it holds, what is selected, what is seen. */
export interface Grid extends GridChanges, GridViewport {
  selection: Selection
  range: Range
  select: (selection: Selection) => void
  widths: readonly number[]
  starts: readonly number[]
  /** How many columns stay in sight. */
  frozen: number
  /** Scrolls so that a cell is seen in full. */
  show: (cell: Cell) => void
  /** What is wrong with a cell. */
  fault: (cell: Cell) => string | undefined
}

const noErrors: ReadonlyMap<string, string> = new Map()

/** Puts together the parts of a grid; the far corner of the selection is always brought into sight. */
export function useGrid<R>({ rows, rowKey, columns, onChange, errors = noErrors }: ResultGridProps<R>): Grid {
  const [chosen, select] = useState<Selection>(() => only({ row: 0, column: 0 }))
  const size = useMemo(() => ({ rows: rows.length, columns: columns.length }), [rows.length, columns.length])
  const selection = useMemo(() => inside(chosen, size), [chosen, size])
  const changes = useGridChanges({ rows, rowKey, columns, onChange })
  const view = useViewport()
  const { reveal } = view

  const widths = useMemo(() => columnWidths(columns, view.viewport.width), [columns, view.viewport.width])
  const starts = useMemo(() => columnStarts(widths), [widths])
  const frozen = frozenColumns(columns.filter((column) => column.frozen).length, starts, view.viewport.width)
  const show = useCallback(
    ({ row, column }: Cell) => reveal(row, { start: starts[column] ?? 0, end: starts[column + 1] ?? 0 }, starts[frozen] ?? 0),
    [reveal, starts, frozen],
  )
  useEffect(() => show(selection.extent), [show, selection.extent])

  function fault({ row, column }: Cell): string | undefined {
    const found = rows[row]
    const key = columns[column]?.key
    return found === undefined || key === undefined ? undefined : errors.get(cellName(rowKey(found), key))
  }

  return { ...changes, ...view, selection, range: rangeOf(selection), select, widths, starts, frozen, show, fault }
}
