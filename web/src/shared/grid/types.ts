import type { ReactNode } from 'react'
import type { CellChange } from './history'

/** One column of a grid. Keep the array of columns the same between renders (useMemo), or every row is drawn anew. */
export interface GridColumn<R> {
  /** The name under which a change is told. */
  key: string
  title: string
  /** In pixels. */
  width: number
  /** Takes a share of the room that is left. */
  grow?: boolean
  /** Stays in sight when the grid is scrolled sideways; such columns come first. */
  frozen?: boolean
  /** The value as a string: it is copied, compared and edited as it is. */
  read: (row: R) => string
  /** How a value is drawn, where it is not just its text; for columns that are read only. */
  render?: (row: R) => ReactNode
  /** A measured value, whose full-width characters are made plain; other columns are text. */
  measured?: boolean
  /** Whether a row's cell may be typed in; a column without it is read only. */
  editable?: boolean | ((row: R) => boolean)
  /** Numbers stand at the end. */
  align?: 'end'
}

export interface ResultGridProps<R> {
  /** Names the grid for those who do not see it. */
  label: string
  /** Keep rows and columns the same between renders where they have not changed. */
  rows: readonly R[]
  rowKey: (row: R) => string
  columns: readonly GridColumn<R>[]
  /** Tells what was typed, pasted, filled, cleared, undone or redone; the owner of the rows takes it in. */
  onChange: (changes: readonly CellChange[]) => void
  /** What is wrong with which cell, by cellName(row, column). */
  errors?: ReadonlyMap<string, string>
  /** The height that the grid may take, in CSS. */
  maxHeight?: string
}

/** The name of a cell in a map of errors. */
export function cellName(row: string, column: string): string {
  return JSON.stringify([row, column])
}
