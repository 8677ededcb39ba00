import { describe, expect, it } from 'vitest'
import { cellCount, everything, inside, move, nextAround, nextEditable, only, rangeOf, type Cell } from './selection'

const size = { rows: 3, columns: 4 }
const at = (row: number, column: number): Cell => ({ row, column })

describe('move', () => {
  it.each([
    ['down', at(0, 1), { rows: 1, columns: 0 }, at(1, 1)],
    ['not beyond the last row', at(2, 1), { rows: 1, columns: 0 }, at(2, 1)],
    ['not before the first column', at(1, 0), { rows: 0, columns: -1 }, at(1, 0)],
    ['to the edge', at(0, 0), { rows: 0, columns: Infinity }, at(0, 3)],
    ['to the corner', at(2, 3), { rows: -Infinity, columns: -Infinity }, at(0, 0)],
  ])('%s', (_name, from, step, want) => {
    expect(move(only(from), step, size, false)).toEqual(only(want))
  })

  it('extends the far corner and keeps the active cell', () => {
    const first = move(only(at(1, 1)), { rows: 1, columns: 0 }, size, true)
    const second = move(first, { rows: 0, columns: 2 }, size, true)
    expect(second).toEqual({ active: at(1, 1), extent: at(2, 3) })
    expect(rangeOf(second)).toEqual({ top: 1, bottom: 2, left: 1, right: 3 })
    expect(cellCount(rangeOf(second))).toBe(6)
  })

  it('without extending starts again from the active cell', () => {
    expect(move({ active: at(0, 0), extent: at(2, 2) }, { rows: 1, columns: 0 }, size, false)).toEqual(only(at(1, 0)))
  })
})

it('a range opened upwards and to the left is the same range', () => {
  expect(rangeOf({ active: at(2, 3), extent: at(0, 1) })).toEqual({ top: 0, bottom: 2, left: 1, right: 3 })
})

it('the selection follows when rows go', () => {
  expect(inside({ active: at(2, 1), extent: at(2, 3) }, { rows: 1, columns: 4 })).toEqual({ active: at(0, 1), extent: at(0, 3) })
  expect(inside(only(at(2, 1)), { rows: 0, columns: 4 })).toEqual(only(at(0, 1)))
})

it('everything is the whole grid', () => {
  expect(cellCount(rangeOf(everything(size)))).toBe(12)
})

describe('nextEditable', () => {
  const editable = (cell: Cell) => cell.column === 1 || (cell.row === 2 && cell.column === 3)
  it.each<[string, Cell, 1 | -1, Cell | undefined]>([
    ['in the same row', at(0, 0), 1, at(0, 1)],
    ['in the next row', at(0, 1), 1, at(1, 1)],
    ['the last one', at(2, 1), 1, at(2, 3)],
    ['none past the last', at(2, 3), 1, undefined],
    ['backwards', at(1, 1), -1, at(0, 1)],
    ['none before the first', at(0, 1), -1, undefined],
  ])('%s', (_name, from, direction, want) => {
    expect(nextEditable(from, direction, size, editable)).toEqual(want)
  })

  it('nextAround goes on from the start and finds the cell itself last', () => {
    const only11 = (cell: Cell) => cell.row === 1 && cell.column === 1
    expect(nextAround(at(2, 2), size, only11)).toEqual(at(1, 1))
    expect(nextAround(at(1, 1), size, only11)).toEqual(at(1, 1))
    expect(nextAround(at(1, 1), size, () => false)).toBeUndefined()
  })
})
