import { describe, expect, it } from 'vitest'
import { cellName } from '../../shared/grid/types'
import type { Draft } from '../../shared/grid/use_drafts'
import type { Analysis, Equipment } from '../samples_api'
import { entriesOf, entryRows, placeFaults } from './entry_rows'

const analysis = (id: string): Analysis => ({ id, item: id, method: 'GB 5009.12', sequence: 1, results: [] })
const device = { id: 'e-1', number: 'SB-1' } as Equipment
const common = { equipment: 'SB-1', measured_on: '2026-09-18' }
const problem = (path: string) => ({ path, code: 'c', zh: `坏 ${path}`, en: `bad ${path}` })

describe('entryRows', () => {
  it('a value typed in a row stands before the one for all rows', () => {
    const rows = entryRows([analysis('a'), analysis('b')], new Map([['b', { raw: '<0.05', equipment: 'SB-9' }]]), common)
    expect(rows.map(({ id, raw, equipment }) => [id, raw, equipment])).toEqual([
      ['a', '', 'SB-1'],
      ['b', '<0.05', 'SB-9'],
    ])
  })

  it('sends only rows with a result, with the id of the equipment', () => {
    const drafts = new Map<string, Draft>([
      ['b', { raw: '0.10' }],
      ['c', { raw: 'ND', equipment: 'no' }],
    ])
    const rows = entryRows([analysis('a'), analysis('b'), analysis('c')], drafts, common)
    expect(entriesOf(rows, [device]).map(({ analysis_id, raw, equipment_id }) => [analysis_id, raw, equipment_id])).toEqual([
      ['b', '0.10', 'e-1'],
      ['c', 'ND', 'no'],
    ])
  })
})

describe('placeFaults', () => {
  it('puts faults to the rows that were sent', () => {
    const { cells, rest } = placeFaults(['results[1].equipment_id', 'results[0]', 'results[0].raw', 'results[9].raw', ''].map(problem), ['b', 'c'], 'en')
    expect([...cells]).toEqual([
      [cellName('c', 'equipment'), 'bad results[1].equipment_id'],
      [cellName('b', 'raw'), 'bad results[0] bad results[0].raw'],
    ])
    expect(rest.map(({ path }) => path)).toEqual(['results[9].raw', ''])
  })
})
