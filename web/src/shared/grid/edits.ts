import type { Cell, Range, Size } from './selection'

/** What the grid holds, as the rules of editing see it. Values are strings from entry to server. */
export interface Sheet {
  size: Size
  read: (cell: Cell) => string
  editable: (cell: Cell) => boolean
  /** The value to store for what was typed or pasted into a cell. */
  normalise: (cell: Cell, text: string) => string
}

export interface Edit {
  cell: Cell
  before: string
  after: string
}

/** What an action would do: the cells that change, and how many could not be touched. */
export interface Plan {
  edits: Edit[]
  /** Read-only cells in the way. */
  skipped: number
  /** Values that lie beyond the last row or column. */
  beyond: number
}

/** Sets one cell to what was typed. */
export function planEntry(sheet: Sheet, cell: Cell, text: string): Plan {
  return plan(sheet, [{ cell, text }])
}

/**
 * Pastes a block at the upper left corner of the range. One value fills the whole range, and a range that is a multiple
 * of the block is filled by repetition, as in a spreadsheet.
 */
export function planPaste(sheet: Sheet, range: Range, block: readonly (readonly string[])[]): Plan {
  const height = block.length
  const width = Math.max(0, ...block.map((row) => row.length))
  if (height === 0 || width === 0) return plan(sheet, [])
  const rows = repeated(range.bottom - range.top + 1, height)
  const columns = repeated(range.right - range.left + 1, width)
  const entries: Entry[] = []
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const text = block[row % height]?.[column % width]
      if (text !== undefined) entries.push({ cell: { row: range.top + row, column: range.left + column }, text })
    }
  }
  return plan(sheet, entries)
}

/** Copies the first row of the range into the rest of it; a range of one row takes the row above. */
export function planFillDown(sheet: Sheet, range: Range): Plan {
  const source = range.top === range.bottom ? range.top - 1 : range.top
  if (source < 0) return plan(sheet, [])
  return plan(
    sheet,
    cells({ ...range, top: source + 1 }).map((cell) => ({ cell, text: sheet.read({ row: source, column: cell.column }) })),
  )
}

/** Empties the range. */
export function planClear(sheet: Sheet, range: Range): Plan {
  return plan(
    sheet,
    cells(range).map((cell) => ({ cell, text: '' })),
  )
}

/** The values of a range, row by row. */
export function readRange(sheet: Sheet, range: Range): string[][] {
  const rows: string[][] = []
  for (let row = range.top; row <= range.bottom; row++) {
    const values: string[] = []
    for (let column = range.left; column <= range.right; column++) values.push(sheet.read({ row, column }))
    rows.push(values)
  }
  return rows
}

interface Entry {
  cell: Cell
  text: string
}

function plan(sheet: Sheet, entries: readonly Entry[]): Plan {
  const result: Plan = { edits: [], skipped: 0, beyond: 0 }
  for (const { cell, text } of entries) {
    if (cell.row >= sheet.size.rows || cell.column >= sheet.size.columns) {
      result.beyond++
      continue
    }
    if (!sheet.editable(cell)) {
      result.skipped++
      continue
    }
    const before = sheet.read(cell)
    const after = sheet.normalise(cell, text)
    if (before !== after) result.edits.push({ cell, before, after })
  }
  return result
}

function repeated(room: number, block: number): number {
  return room > block && room % block === 0 ? room : block
}

function cells(range: Range): Cell[] {
  const list: Cell[] = []
  for (let row = range.top; row <= range.bottom; row++) {
    for (let column = range.left; column <= range.right; column++) list.push({ row, column })
  }
  return list
}
