import type { MouseEvent, ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import styles from './DataTable.module.css'

/** One column of a list; the first one names the row and links to it. */
export interface Column<T> {
  key: string
  title: string
  render: (row: T) => ReactNode
  /** In pixels; columns without it share the rest. */
  width?: number
  /** Numbers stand at the end. */
  align?: 'end'
}

interface DataTableProps<T> {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowKey: (row: T) => string
  /** The address of a row's own page. */
  to?: (row: T) => string
  busy?: boolean
}

/** A table that becomes one card for each row where the screen is narrow. */
export function DataTable<T>({ label, columns, rows, rowKey, to, busy = false }: DataTableProps<T>) {
  const navigate = useNavigate()

  function open(event: MouseEvent<HTMLTableRowElement>, row: T) {
    if (!to || event.defaultPrevented || isInteractive(event.target) || getSelection()?.toString()) return
    void navigate(to(row))
  }

  return (
    <div className={styles.frame} tabIndex={0} role="region" aria-label={label}>
      <table className={styles.table} aria-busy={busy}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.key} style={{ width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" data-align={column.align}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} data-link={to !== undefined} onClick={(event) => open(event, row)}>
              {columns.map((column, index) => (
                <td key={column.key} data-align={column.align} data-title={column.title}>
                  {index === 0 && to ? <Link to={to(row)}>{column.render(row)}</Link> : column.render(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function isInteractive(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, label, select') !== null
}
