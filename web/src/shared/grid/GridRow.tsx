import { memo } from 'react'
import { headerHeight, rowHeight } from './geometry'
import styles from './ResultGrid.module.css'
import { cellName, type GridColumn } from './types'

interface GridRowProps<R> {
  id: string
  row: R
  name: string
  index: number
  columns: readonly GridColumn<R>[]
  widths: readonly number[]
  starts: readonly number[]
  frozen: number
  /** The active column when this is the active row, else -1. */
  active: number
  /** The selected columns of this row, both included; from > to when there are none. */
  from: number
  to: number
  editable: (column: number) => boolean
  errors: ReadonlyMap<string, string>
}

function Row<R>(props: GridRowProps<R>) {
  const { id, row, name, index, columns, widths, starts, frozen, active, from, to, editable, errors } = props
  return (
    <div role="row" aria-rowindex={index + 2} className={styles.row} style={{ top: headerHeight + index * rowHeight, height: rowHeight }}>
      {columns.map((column, at) => {
        const value = column.read(row)
        const locked = !editable(at)
        const error = errors.get(cellName(name, column.key))
        return (
          <div
            key={column.key}
            id={`${id}-${index}-${at}`}
            role="gridcell"
            aria-colindex={at + 1}
            aria-selected={at >= from && at <= to}
            aria-readonly={locked}
            aria-invalid={error !== undefined}
            title={error}
            data-row={index}
            data-column={at}
            data-active={at === active}
            data-align={column.align}
            data-frozen={at < frozen}
            className={styles.cell}
            style={{ width: widths[at], left: at < frozen ? starts[at] : undefined }}
          >
            {column.render ? column.render(row) : <span className={styles.text}>{value}</span>}
          </div>
        )
      })}
    </div>
  )
}

/** One row, drawn again only when something of its own changes. */
export const GridRow = memo(Row, sameRow) as typeof Row

function sameRow<R>(before: GridRowProps<R>, after: GridRowProps<R>): boolean {
  return (
    before.row === after.row &&
    before.index === after.index &&
    before.columns === after.columns &&
    before.widths === after.widths &&
    before.frozen === after.frozen &&
    before.active === after.active &&
    before.from === after.from &&
    before.to === after.to &&
    before.errors === after.errors
  )
}
