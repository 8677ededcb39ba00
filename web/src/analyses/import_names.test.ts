import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RowOutcome } from './analyses_api'
import { filledNames, namesToMatch, noNames, requestOf, sameNames, unknown } from './import_names'

const row = (sample: string, item: string, reason_en = ''): RowOutcome => ({ line: 1, sample, item, raw: '1', unit: '', outcome: reason_en === '' ? 'imported' : 'listed', reason_en })

describe('namesToMatch', () => {
  const rows = [
    row('DU-0001', 'SiO₂', `${unknown.sample}DU-0001`),
    row('DU-0001', 'pb', `${unknown.sample}DU-0001`),
    row('YP-1', 'Pb 283.3', `${unknown.item}Pb 283.3`),
    row('YP-1', '铅'),
    row('Blank', 'Fe', 'a blank is no sample'),
    row('', 'Fe', "the sample's number is missing"),
  ]

  it('asks for what the server does not know, each name once', () => {
    expect(namesToMatch(rows, ['Pb'], noNames)).toEqual({ samples: ['DU-0001'], items: ['Pb 283.3', 'SiO₂'], units: [] })
  })

  it('keeps what was matched before', () => {
    const matched = { samples: { 'DU-0009': 'YP-9' }, items: { 'SiO₂': '硅' }, units: { ppm: 'mg/kg' } }
    expect(namesToMatch(rows, [], matched)).toEqual({ samples: ['DU-0009', 'DU-0001'], items: ['SiO₂', 'Pb 283.3', 'pb'], units: ['ppm'] })
  })

  it('asks for the units of what could not be judged, and for the unit where there is none', () => {
    const judged = (unit: string, verdict: string): RowOutcome => ({ ...row('YP-1', '铅'), unit, verdict })
    const units = [judged('mg/kg', 'pass'), judged('ppb', 'undetermined'), judged('', 'undetermined'), judged('ppb', 'undetermined')]
    expect(namesToMatch(units, [], noNames).units).toEqual(['ppb', ''])
  })

  it('asks for nothing when every row is taken in', () => expect(namesToMatch([row('YP-1', '铅')], [], noNames)).toEqual({ samples: [], items: [], units: [] }))

  it.each(Object.values(unknown))('the server still says "%s"', (words) => {
    expect(readFileSync(join(import.meta.dirname, '../../../lims/import_run.go'), 'utf8')).toContain(`"${words}"`)
  })
})

describe('what is sent', () => {
  it('leaves out what was not matched', () => {
    expect(filledNames({ samples: { a: ' YP-1 ', b: ' ' }, items: { c: '' }, units: { '': ' mg/L' } })).toEqual({ samples: { a: 'YP-1' }, items: {}, units: { '': 'mg/L' } })
  })

  it.each([
    [undefined, false],
    [false, false],
    [true, true],
  ])('the dates of the file are ignored only when that was chosen: %s', (ignore_dates, sent) => {
    const request = { file_hash: 'h', equipment_id: 'e', measured_on: '2026-11-25', ...(ignore_dates !== undefined && { ignore_dates }) }
    expect('ignore_dates' in requestOf(request, noNames)).toBe(sent)
    expect(requestOf(request, { ...noNames, samples: { a: 'YP-1' } })).toMatchObject({ measured_on: '2026-11-25', samples: { a: 'YP-1' } })
  })

  it.each([
    [{ a: 'x', b: 'y' }, { b: 'y ', a: 'x', c: '' }, true],
    [{ a: 'x' }, { a: 'y' }, false],
    [{}, { a: 'y' }, false],
  ])('%j and %j', (a, b, same) => {
    for (const kind of ['samples', 'items', 'units'] as const) expect(sameNames({ ...noNames, [kind]: a }, { ...noNames, [kind]: b })).toBe(same)
  })
})
