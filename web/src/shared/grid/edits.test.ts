import { describe, expect, it } from 'vitest'
import { planClear, planEntry, planFillDown, planPaste, readRange, type Plan, type Sheet } from './edits'
import { normaliseValue } from './normalise'

/** A sheet of three columns, the middle one read only. */
function sheetOf(values: string[][]): Sheet {
  return {
    size: { rows: values.length, columns: 3 },
    read: ({ row, column }) => values[row]?.[column] ?? '',
    editable: ({ column }) => column !== 1,
    normalise: (_cell, text) => normaliseValue(text),
  }
}

const sheet = sheetOf([
  ['1', 'mg', 'a'],
  ['2', 'mg', 'b'],
  ['3', 'mg', 'c'],
  ['4', 'mg', 'd'],
])
const range = (top: number, left: number, bottom = top, right = left) => ({ top, bottom, left, right })
const brief = ({ edits }: Plan) => edits.map(({ cell, before, after }) => `${cell.row},${cell.column}: ${before} > ${after}`)

describe('planEntry', () => {
  it('normalises', () => expect(brief(planEntry(sheet, { row: 0, column: 0 }, '＜１'))).toEqual(['0,0: 1 > <1']))
  it('is nothing when the value stays', () => expect(planEntry(sheet, { row: 0, column: 0 }, ' 1 ').edits).toEqual([]))
  it('is refused by a read-only cell', () => {
    expect(planEntry(sheet, { row: 0, column: 1 }, 'x')).toEqual({ edits: [], skipped: 1, beyond: 0 })
  })
})

describe('planPaste', () => {
  it('skips read-only cells and says how many', () => {
    const plan = planPaste(sheet, range(0, 0), [['7', 'x', 'y'], ['8', 'x', 'z']])
    expect(brief(plan)).toEqual(['0,0: 1 > 7', '0,2: a > y', '1,0: 2 > 8', '1,2: b > z'])
    expect(plan.skipped).toBe(2)
  })

  it('tells values beyond the grid', () => {
    const plan = planPaste(sheet, range(3, 2), [['x', 'y'], ['z', 'w']])
    expect(brief(plan)).toEqual(['3,2: d > x'])
    expect(plan.beyond).toBe(3)
  })

  it('fills a range from one value', () => {
    expect(brief(planPaste(sheet, range(0, 0, 2, 0), [['9']]))).toEqual(['0,0: 1 > 9', '1,0: 2 > 9', '2,0: 3 > 9'])
  })

  it('repeats a block in a range that is a multiple of it', () => {
    expect(brief(planPaste(sheet, range(0, 0, 3, 0), [['8'], ['9']]))).toEqual(['0,0: 1 > 8', '1,0: 2 > 9', '2,0: 3 > 8', '3,0: 4 > 9'])
  })

  it('pastes the whole block into a range that is no multiple of it', () => {
    expect(brief(planPaste(sheet, range(0, 0, 2, 0), [['8'], ['9']]))).toEqual(['0,0: 1 > 8', '1,0: 2 > 9'])
  })

  it('leaves cells alone that a short row of the block does not reach', () => {
    expect(brief(planPaste(sheet, range(0, 0), [['7', 'x', 'y'], ['8']]))).toEqual(['0,0: 1 > 7', '0,2: a > y', '1,0: 2 > 8'])
  })

  it('is nothing for an empty block', () => expect(planPaste(sheet, range(0, 0), [])).toEqual({ edits: [], skipped: 0, beyond: 0 }))
})

describe('planFillDown', () => {
  it('copies the first row of the range', () => expect(brief(planFillDown(sheet, range(0, 0, 2, 0)))).toEqual(['1,0: 2 > 1', '2,0: 3 > 1']))
  it('takes the row above for a single row', () => expect(brief(planFillDown(sheet, range(2, 0)))).toEqual(['2,0: 3 > 2']))
  it('is nothing in the first row', () => expect(planFillDown(sheet, range(0, 0)).edits).toEqual([]))
})

it('planClear empties what may be typed in', () => {
  const plan = planClear(sheet, range(0, 0, 0, 2))
  expect(brief(plan)).toEqual(['0,0: 1 > ', '0,2: a > '])
  expect(plan.skipped).toBe(1)
})

it('readRange gives the values row by row', () => {
  expect(readRange(sheet, range(0, 1, 1, 2))).toEqual([['mg', 'a'], ['mg', 'b']])
})
