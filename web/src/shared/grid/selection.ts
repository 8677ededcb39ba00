/** A place in the grid, counted from 0. */
export interface Cell {
  row: number
  column: number
}

/** The active cell, where typing goes, and the far corner of the range that it opens. */
export interface Selection {
  active: Cell
  extent: Cell
}

export interface Size {
  rows: number
  columns: number
}

/** A range with both corners included. */
export interface Range {
  top: number
  bottom: number
  left: number
  right: number
}

/** A step in the grid; Infinity goes to the edge. */
export interface Step {
  rows: number
  columns: number
}

export function rangeOf({ active, extent }: Selection): Range {
  return {
    top: Math.min(active.row, extent.row),
    bottom: Math.max(active.row, extent.row),
    left: Math.min(active.column, extent.column),
    right: Math.max(active.column, extent.column),
  }
}

export function cellCount({ top, bottom, left, right }: Range): number {
  return (bottom - top + 1) * (right - left + 1)
}

/** Only this cell. */
export function only(cell: Cell): Selection {
  return { active: cell, extent: cell }
}

/** The whole grid, typing in its first cell. */
export function everything(size: Size): Selection {
  return { active: { row: 0, column: 0 }, extent: clamp({ row: size.rows - 1, column: size.columns - 1 }, size) }
}

/** Moves the active cell, or only the far corner of the range. */
export function move(selection: Selection, step: Step, size: Size, extend: boolean): Selection {
  const from = extend ? selection.extent : selection.active
  const to = clamp({ row: from.row + step.rows, column: from.column + step.columns }, size)
  return extend ? { active: selection.active, extent: to } : only(to)
}

/** A selection that is inside the grid, also after rows have gone. */
export function inside({ active, extent }: Selection, size: Size): Selection {
  return { active: clamp(active, size), extent: clamp(extent, size) }
}

/** The next cell that the test holds for, along the rows; undefined past the last (or before the first). */
export function nextEditable(from: Cell, direction: 1 | -1, size: Size, editable: (cell: Cell) => boolean): Cell | undefined {
  return search(indexOf(from, size) + direction, direction, size, editable)
}

/** The next cell that the test holds for, going on from the last to the first; the cell itself comes last. */
export function nextAround(from: Cell, size: Size, test: (cell: Cell) => boolean): Cell | undefined {
  return search(indexOf(from, size) + 1, 1, size, test) ?? search(0, 1, size, test)
}

function search(start: number, direction: 1 | -1, size: Size, test: (cell: Cell) => boolean): Cell | undefined {
  for (let index = start; index >= 0 && index < size.rows * size.columns; index += direction) {
    const cell = { row: Math.floor(index / size.columns), column: index % size.columns }
    if (test(cell)) return cell
  }
  return undefined
}

function indexOf({ row, column }: Cell, size: Size): number {
  return row * size.columns + column
}

function clamp(cell: Cell, size: Size): Cell {
  return { row: between(cell.row, size.rows), column: between(cell.column, size.columns) }
}

function between(index: number, count: number): number {
  return Math.max(0, Math.min(index, count - 1))
}
