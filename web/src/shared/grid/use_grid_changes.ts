import { useMemo, useRef, useState } from 'react'
import type { Plan, Sheet } from './edits'
import { emptyHistory, record, redo, undo, type CellChange, type Replay } from './history'
import { normaliseText, normaliseValue } from './normalise'
import type { GridColumn } from './types'

/** What the last action did, to be told below the grid. */
export type Report =
  | { kind: 'none' }
  | { kind: 'changed'; changed: number; skipped: number; beyond: number }
  | { kind: 'undone' | 'redone'; changed: number }
  | { kind: 'copied'; count: number }

interface GridChangesOptions<R> {
  rows: readonly R[]
  rowKey: (row: R) => string
  columns: readonly GridColumn<R>[]
  onChange: (changes: readonly CellChange[]) => void
}

export interface GridChanges {
  sheet: Sheet
  report: Report
  apply: (plan: Plan) => void
  undo: () => void
  redo: () => void
  tell: (report: Report) => void
}

/** Turns plans of edits into changes of named cells, and remembers them for undo and redo. */
export function useGridChanges<R>({ rows, rowKey, columns, onChange }: GridChangesOptions<R>): GridChanges {
  const history = useRef(emptyHistory)
  const [report, tell] = useState<Report>({ kind: 'none' })
  const sheet = useMemo(() => makeSheet(rows, columns), [rows, columns])

  function apply(plan: Plan) {
    const changes = plan.edits.flatMap(({ cell, before, after }) => {
      const row = rows[cell.row]
      const column = columns[cell.column]
      return row === undefined || column === undefined ? [] : [{ row: rowKey(row), column: column.key, before, after }]
    })
    history.current = record(history.current, changes)
    if (changes.length > 0) onChange(changes)
    if (changes.length > 0 || plan.skipped > 0 || plan.beyond > 0) {
      tell({ kind: 'changed', changed: changes.length, skipped: plan.skipped, beyond: plan.beyond })
    }
  }

  function replay(kind: 'undone' | 'redone', { history: next, changes }: Replay) {
    history.current = next
    if (changes.length > 0) onChange(changes)
    tell({ kind, changed: changes.length })
  }

  const read = () => makeReader(rows, rowKey, columns)
  return {
    sheet,
    report,
    apply,
    undo: () => replay('undone', undo(history.current, read())),
    redo: () => replay('redone', redo(history.current, read())),
    tell,
  }
}

function makeSheet<R>(rows: readonly R[], columns: readonly GridColumn<R>[]): Sheet {
  return {
    size: { rows: rows.length, columns: columns.length },
    read: ({ row, column }) => (rows[row] === undefined ? '' : (columns[column]?.read(rows[row]) ?? '')),
    editable: ({ row, column }) => {
      const rule = columns[column]?.editable
      return typeof rule === 'function' ? rows[row] !== undefined && rule(rows[row]) : rule === true
    },
    normalise: ({ column }, text) => (columns[column]?.measured ? normaliseValue(text) : normaliseText(text)),
  }
}

function makeReader<R>(rows: readonly R[], rowKey: (row: R) => string, columns: readonly GridColumn<R>[]) {
  const byKey = new Map(rows.map((row) => [rowKey(row), row]))
  const columnByKey = new Map(columns.map((column) => [column.key, column]))
  return (row: string, column: string): string | undefined => {
    const found = byKey.get(row)
    return found === undefined ? undefined : columnByKey.get(column)?.read(found)
  }
}
