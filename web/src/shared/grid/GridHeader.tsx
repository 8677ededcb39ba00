import { headerHeight } from './geometry'
import styles from './ResultGrid.module.css'
import type { GridColumn } from './types'

interface GridHeaderProps<R> {
  columns: readonly GridColumn<R>[]
  widths: readonly number[]
  starts: readonly number[]
  frozen: number
}

/** The titles of the columns, which stay in sight. */
export function GridHeader<R>({ columns, widths, starts, frozen }: GridHeaderProps<R>) {
  return (
    <div role="row" aria-rowindex={1} className={styles.header} style={{ height: headerHeight }}>
      {columns.map((column, at) => (
        <div
          key={column.key}
          role="columnheader"
          aria-colindex={at + 1}
          data-align={column.align}
          data-frozen={at < frozen}
          className={styles.cell}
          style={{ width: widths[at], left: at < frozen ? starts[at] : undefined }}
        >
          {column.title}
        </div>
      ))}
    </div>
  )
}
