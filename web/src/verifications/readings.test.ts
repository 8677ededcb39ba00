import { describe, expect, it } from 'vitest'
import { emptyDraft, readingsOf } from './readings'

const title = { zh: '称量', en: 'weighing' }
const weighing = {
  id: 'weighing', title, kind: 'measure', points: ['100', '2500'], min_rows: 3,
  readings: [{ name: 'L', title }, { name: 'I', title }],
}

describe('the readings of a verification', () => {
  it('begin with a row for each point and as many more as are wanted', () => {
    const draft = emptyDraft([weighing, { id: 'visual', title, kind: 'check', points: [], min_rows: 1, readings: [] }])
    expect(draft.rows['weighing']?.map((row) => row.cells)).toEqual([{ L: '100' }, { L: '2500' }, {}])
    expect(draft.rows['visual']).toBeUndefined()
  })

  it('leave out rows in which only the point stands', () => {
    const draft = emptyDraft([weighing])
    expect(readingsOf(draft)).toEqual({})
    const first = draft.rows['weighing']?.[0]
    if (first) first.cells['I'] = ' 100 '
    draft.checks['visual'] = false
    expect(readingsOf(draft)).toEqual({ visual: false, weighing: [{ L: '100', I: ' 100 ' }] })
  })
})
