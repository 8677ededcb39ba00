import type { FieldProblem } from '../../api/problem'
import type { Language } from '../../i18n/i18n'
import { cellName } from '../../shared/grid/types'
import type { Draft } from '../../shared/grid/use_drafts'
import type { Analysis, Entry, Equipment } from '../samples_api'

/** One analysis whose result is being entered. Equipment is the number on its label. */
export interface EntryRow {
  id: string
  item: string
  method: string
  raw: string
  unit: string
  lod: string
  loq: string
  basis: string
  equipment: string
  measured_on: string
}

/** What is entered once for all rows. */
export interface Common {
  equipment: string
  measured_on: string
}

/** The analyses without a result, with what was typed; what is entered for all rows stands where a row has no value of its own. */
export function entryRows(analyses: readonly Analysis[], drafts: ReadonlyMap<string, Draft>, common: Common): EntryRow[] {
  return analyses
    .filter(({ results }) => (results ?? []).length === 0)
    .map(({ id, item, method }) => ({ id, item, method, raw: '', unit: '', lod: '', loq: '', basis: '', ...common, ...drafts.get(id) }))
}

/** The rows in which a result was typed, as the server takes them. An unknown number of equipment is left for the server to refuse. */
export function entriesOf(rows: readonly EntryRow[], equipment: readonly Equipment[]): Entry[] {
  return rows.filter(isTyped).map((row) => ({
    analysis_id: row.id,
    raw: row.raw,
    unit: row.unit,
    lod: row.lod,
    loq: row.loq,
    basis: row.basis,
    equipment_id: equipment.find(({ number }) => number === row.equipment)?.id ?? row.equipment,
    measured_on: row.measured_on,
  }))
}

/** Whether a row has a result to be sent. */
export function isTyped(row: EntryRow): boolean {
  return row.raw !== ''
}

const columnOf: Partial<Record<string, keyof EntryRow>> = {
  unit: 'unit',
  lod: 'lod',
  loq: 'loq',
  basis: 'basis',
  equipment_id: 'equipment',
  measured_on: 'measured_on',
}

/** Puts the faults results[2].unit to the cells of the rows that were sent, and lists those that name no row. */
export function placeFaults(problems: readonly FieldProblem[], sent: readonly string[], language: Language) {
  const cells = new Map<string, string>()
  const rest: FieldProblem[] = []
  for (const problem of problems) {
    const [, index = '', field = ''] = /^results\[(\d+)\](?:\.(\w+))?/.exec(problem.path) ?? []
    const row = index === '' ? undefined : sent[Number(index)]
    if (row === undefined) {
      rest.push(problem)
      continue
    }
    const cell = cellName(row, columnOf[field] ?? 'raw')
    const before = cells.get(cell)
    cells.set(cell, before === undefined ? problem[language] : `${before} ${problem[language]}`)
  }
  return { cells, rest }
}
