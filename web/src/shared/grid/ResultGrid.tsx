import { useId, useRef } from 'react'
import { drawnRows, headerHeight, rowHeight } from './geometry'
import { GridFooter } from './GridFooter'
import { GridHeader } from './GridHeader'
import { GridInput } from './GridInput'
import { GridRow } from './GridRow'
import styles from './ResultGrid.module.css'
import { nextAround, only } from './selection'
import type { ResultGridProps } from './types'
import { useGrid } from './use_grid'
import { useGridEditor } from './use_grid_editor'
import { useGridPointer } from './use_grid_pointer'

const noErrors: ReadonlyMap<string, string> = new Map()

/**
 * A grid for entering many values by keyboard and clipboard: results of a sample, readings of a verification. The input
 * (GridInput) stands beside the element of role grid and points at the active cell in it.
 */
export function ResultGrid<R>(props: ResultGridProps<R>) {
  const { label, rows, rowKey, columns, errors = noErrors, maxHeight = '70vh' } = props
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const focus = () => input.current?.focus({ preventScroll: true })

  const grid = useGrid(props)
  const editor = useGridEditor(grid)
  const pointer = useGridPointer(grid, editor, focus)
  const { selection, range, sheet, widths, starts, frozen } = grid
  const drawn = drawnRows(grid.viewport, rows.length)

  function goToNextFault() {
    const next = nextAround(selection.active, sheet.size, (cell) => grid.fault(cell) !== undefined)
    if (next) editor.choose(only(next))
    focus()
  }

  return (
    <div className={styles.grid}>
      <div ref={grid.frame} className={styles.frame} style={{ maxHeight }} onScroll={grid.onScroll}>
        <div
          role="grid"
          id={`${id}-grid`}
          aria-label={label}
          aria-rowcount={rows.length + 1}
          aria-colcount={columns.length}
          aria-multiselectable
          className={styles.sheet}
          style={{ width: starts.at(-1), height: headerHeight + rows.length * rowHeight }}
          {...pointer}
        >
          <GridHeader columns={columns} widths={widths} starts={starts} frozen={frozen} />
          {rows.slice(drawn.first, drawn.last).map((row, offset) => {
            const index = drawn.first + offset
            const selected = index >= range.top && index <= range.bottom
            return (
              <GridRow
                key={rowKey(row)}
                id={id}
                row={row}
                name={rowKey(row)}
                index={index}
                columns={columns}
                widths={widths}
                starts={starts}
                frozen={frozen}
                active={index === selection.active.row ? selection.active.column : -1}
                from={selected ? range.left : 0}
                to={selected ? range.right : -1}
                editable={(column) => sheet.editable({ row: index, column })}
                errors={errors}
              />
            )
          })}
        </div>
        <GridInput id={id} input={input} grid={grid} editor={editor} column={columns[selection.active.column]} />
      </div>
      <GridFooter id={`${id}-note`} fault={grid.fault(selection.active)} report={grid.report} faults={errors.size} onNext={goToNextFault} />
    </div>
  )
}
