import { describe, expect, it } from 'vitest'
import { columnStarts, columnWidths, drawnRows, frozenColumns, headerHeight, revealed, rowHeight } from './geometry'

const viewport = { top: 0, left: 0, width: 400, height: headerHeight + 10 * rowHeight }

describe('drawnRows', () => {
  it.each([
    [0, 5000, { first: 0, last: 18 }],
    [100 * rowHeight, 5000, { first: 92, last: 118 }],
    [0, 3, { first: 0, last: 3 }],
    [100 * rowHeight, 3, { first: 3, last: 3 }],
    [0, 0, { first: 0, last: 0 }],
  ])('scrolled to %i of %i rows', (top, count, want) => {
    expect(drawnRows({ ...viewport, top }, count)).toEqual(want)
  })
})

it('columns that grow share the room that is left', () => {
  const tracks = [{ width: 100 }, { width: 50, grow: true }, { width: 50, grow: true }]
  expect(columnWidths(tracks, 400)).toEqual([100, 150, 150])
  expect(columnWidths(tracks, 100)).toEqual([100, 50, 50])
  expect(columnStarts([100, 150, 150])).toEqual([0, 100, 250, 400])
})

it('columns are frozen only where they leave half of the screen', () => {
  expect(frozenColumns(1, [0, 190, 300], 1200)).toBe(1)
  expect(frozenColumns(1, [0, 190, 300], 360)).toBe(0)
})

describe('revealed', () => {
  const seen = { ...viewport, top: 20 * rowHeight, left: 300 }
  it.each([
    ['what is seen stays', 25, { start: 420, end: 500 }, { top: 20 * rowHeight, left: 300 }],
    ['a row above', 3, { start: 420, end: 500 }, { top: 3 * rowHeight, left: 300 }],
    ['a row below', 40, { start: 420, end: 500 }, { top: 31 * rowHeight, left: 300 }],
    ['a column to the right', 25, { start: 700, end: 900 }, { top: 20 * rowHeight, left: 500 }],
    ['a column beneath the frozen ones', 25, { start: 200, end: 260 }, { top: 20 * rowHeight, left: 100 }],
    ['a frozen column', 25, { start: 0, end: 100 }, { top: 20 * rowHeight, left: 300 }],
  ])('%s', (_name, row, span, want) => {
    expect(revealed(seen, row, span, 100)).toEqual(want)
  })
})
