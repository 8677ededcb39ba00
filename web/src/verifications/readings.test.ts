import { describe, expect, it } from 'vitest'
import { emptyDraft, meant, readingsOf } from './readings'

const title = { zh: '称量', en: 'weighing' }
const point = { title, near: '0', rows: 1 }
const weighing = {
  id: 'weighing', title, kind: 'measure', of: 'L', min_rows: 3,
  points: [{ ...point, load: '100', direction: 'up' as const }, { ...point, load: '2500' }, { ...point, load: '100', direction: 'down' as const }],
  readings: [{ name: 'L', title }, { name: 'direction', title, kind: 'direction' }, { name: 'I', title }],
}
const eccentricity = {
  id: 'eccentricity', title, kind: 'measure', of: 'L', distinct: 'position', min_rows: 3,
  points: [{ ...point, load: '5000', rows: 2 }, { ...point, load: '8000', with: { position: 'centre' } }],
  readings: [{ name: 'L', title }, { name: 'position', title, kind: 'text' }],
}
const zero = { id: 'zero', title, kind: 'measure', min_rows: 1, points: [], readings: [{ name: 'L', title, default: '0' }, { name: 'I', title }] }
const visual = { id: 'visual', title, kind: 'checklist', points: [], min_rows: 1, readings: [] }

describe('the readings of a verification', () => {
  it('begin with the rows of each point, its load, direction and place filled in', () => {
    const draft = emptyDraft([weighing, eccentricity, zero, visual])
    expect(draft.rows['weighing']?.map((row) => row.cells)).toEqual([
      { L: '100', direction: 'up' },
      { L: '2500', direction: 'up' },
      { L: '100', direction: 'down' },
    ])
    expect(draft.rows['eccentricity']?.map((row) => row.cells)).toEqual([
      { L: '5000', position: '1' },
      { L: '5000', position: '2' },
      { L: '8000', position: 'centre' },
    ])
    expect(draft.rows['zero']?.map((row) => row.cells)).toEqual([{ L: '0' }])
    expect(draft.rows['visual']).toBeUndefined()
  })

  it('leave out rows in which nothing was typed', () => {
    const draft = emptyDraft([weighing])
    expect(readingsOf(draft)).toEqual({})
    const first = draft.rows['weighing']?.[0]
    if (first) first.cells = { ...first.cells, I: ' 100 ' }
    draft.checks['visual'] = { seals: false }
    draft.checks['markings'] = {}
    expect(readingsOf(draft)).toEqual({ visual: { seals: false }, weighing: [{ L: '100', direction: 'up', I: ' 100 ' }] })
  })

  it('take directions and answers in the words of either language', () => {
    expect(['进程', '进', 'U', 'up', '↑'].map((typed) => meant('direction', typed))).toEqual(Array(5).fill('up'))
    expect(['回程', 'd', 'Down'].map((typed) => meant('direction', typed))).toEqual(Array(3).fill('down'))
    expect(['是', 'Y', 'true', '否', 'no'].map((typed) => meant('truth', typed))).toEqual(['true', 'true', 'true', 'false', 'false'])
    expect(meant('direction', 'sideways')).toBe('sideways')
    expect(meant(undefined, '是')).toBe('是')
  })
})
