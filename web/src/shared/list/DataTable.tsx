import { Checkbox } from 'antd'
import type { MouseEvent, ReactNode } from 'react'
import { Link, useNavigate } from 'react-router'
import { useLanguage } from '../../i18n/LanguageProvider'
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

/** Rows that are chosen, for what is done with several at once. */
export interface Choice<T> {
  chosen: readonly T[]
  onChange: (chosen: readonly T[]) => void
  /** Names a row to whoever does not see it. */
  label: (row: T) => string
  /** Whether a row can be chosen; all can unless told. */
  choosable?: (row: T) => boolean
}

interface DataTableProps<T> {
  label: string
  columns: readonly Column<T>[]
  rows: readonly T[]
  rowKey: (row: T) => string
  /** The address of a row's own page. */
  to?: (row: T) => string
  busy?: boolean
  choice?: Choice<T>
}

/** A table that becomes one card for each row where the screen is narrow. */
export function DataTable<T>({ label, columns, rows, rowKey, to, busy = false, choice }: DataTableProps<T>) {
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
            {columns.map((column, index) => (
              <th key={column.key} scope="col" data-align={column.align}>
                {index === 0 && choice && <ChooseAll rows={rows} rowKey={rowKey} choice={choice} />}
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
                  {index === 0 && choice && <Choose row={row} rowKey={rowKey} choice={choice} />}
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

interface ChoiceProps<T> {
  rowKey: (row: T) => string
  choice: Choice<T>
}

function Choose<T>({ row, rowKey, choice }: ChoiceProps<T> & { row: T }) {
  const { t } = useLanguage()
  const others = choice.chosen.filter((each) => rowKey(each) !== rowKey(row))
  return (
    <Checkbox
      className={styles.choose}
      aria-label={t('list.choose', { name: choice.label(row) })}
      disabled={choice.choosable?.(row) === false}
      checked={others.length < choice.chosen.length}
      onChange={(event) => choice.onChange(event.target.checked ? [...others, row] : others)}
    />
  )
}

function ChooseAll<T>({ rows, rowKey, choice }: ChoiceProps<T> & { rows: readonly T[] }) {
  const { t } = useLanguage()
  const here = rows.filter((row) => choice.choosable?.(row) !== false)
  const keys = new Set(here.map(rowKey))
  const elsewhere = choice.chosen.filter((row) => !keys.has(rowKey(row)))
  const chosen = choice.chosen.length - elsewhere.length
  return (
    <Checkbox
      className={styles.choose}
      aria-label={t('list.choose_all')}
      disabled={here.length === 0}
      checked={here.length > 0 && chosen === here.length}
      indeterminate={chosen > 0 && chosen < here.length}
      onChange={(event) => choice.onChange(event.target.checked ? [...elsewhere, ...here] : elsewhere)}
    />
  )
}

function isInteractive(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, label, select') !== null
}
