/** Heights in pixels; every row is as high as the other, so that any row's place is known without drawing it. */
export const rowHeight = 38
export const headerHeight = 40

const overscan = 8

/** The part of the scrolled content that is seen. */
export interface Viewport {
  top: number
  left: number
  width: number
  height: number
}

/** The rows to draw: those that are seen and a few beyond, `last` not included. */
export function drawnRows(viewport: Viewport, count: number): { first: number; last: number } {
  const first = Math.floor(viewport.top / rowHeight) - overscan
  const last = Math.ceil((viewport.top + viewport.height - headerHeight) / rowHeight) + overscan
  return { first: Math.max(0, Math.min(first, count)), last: Math.max(0, Math.min(last, count)) }
}

export interface Track {
  width: number
  grow?: boolean
}

/** The columns' widths when the room that is left goes to those that grow. */
export function columnWidths(columns: readonly Track[], room: number): number[] {
  const wanted = columns.reduce((sum, { width }) => sum + width, 0)
  const growing = columns.filter(({ grow }) => grow).length
  const share = growing === 0 ? 0 : Math.max(0, room - wanted) / growing
  return columns.map(({ width, grow }) => (grow ? width + share : width))
}

/** Where each column begins, and at the end where the last one stops. */
export function columnStarts(widths: readonly number[]): number[] {
  const starts = [0]
  for (const width of widths) starts.push((starts.at(-1) ?? 0) + width)
  return starts
}

/**
 * How many columns stay in sight when the grid is scrolled sideways: those that ask for it, or none where they would take
 * more than half of a narrow screen.
 */
export function frozenColumns(wanted: number, starts: readonly number[], room: number): number {
  return (starts[wanted] ?? 0) <= room / 2 ? wanted : 0
}

/** The scroll position that shows a cell in full, beside the header and the frozen columns. */
export function revealed(viewport: Viewport, row: number, span: { start: number; end: number }, frozen: number): { top: number; left: number } {
  const lowest = (row + 1) * rowHeight + headerHeight - viewport.height
  const top = Math.max(Math.min(viewport.top, row * rowHeight), lowest)
  if (span.end <= frozen) return { top, left: viewport.left }
  const left = Math.max(Math.min(viewport.left, span.start - frozen), span.end - viewport.width)
  return { top, left }
}
