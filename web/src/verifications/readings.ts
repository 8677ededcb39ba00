import type { components } from '../api/schema.gen'

type Item = components['schemas']['ProcedurePlannedItem']
type Point = components['schemas']['ProcedurePlannedPoint']

/** One row of an item's readings, as typed; given is what stood in it before anything was typed. */
export interface Row {
  id: string
  point?: Point
  given: Record<string, string>
  cells: Record<string, string>
}

/** What is typed for each item: rows of a measured item, or the answers of a check by question. */
export interface Draft {
  rows: Record<string, Row[]>
  checks: Record<string, Record<string, boolean>>
}

/** The rows to begin with: those of each point, in the order in which they are measured. */
export function emptyDraft(items: readonly Item[]): Draft {
  const draft: Draft = { rows: {}, checks: {} }
  for (const item of items) {
    if (item.kind !== 'measure') continue
    const points = (item.points ?? []).flatMap((point) => Array.from({ length: point.rows }, (_, place) => ({ point, place })))
    const wanted = points.length > 0 ? points : Array.from({ length: item.min_rows }, () => ({ point: undefined, place: 0 }))
    draft.rows[item.id] = wanted.map(({ point, place }, index) => newRow(item, index, point, place))
  }
  return draft
}

/**
 * A row with what is known beforehand: the load and the direction of its point, which of the point's rows it is, and what the
 * procedure takes for granted.
 */
export function newRow(item: Item, index: number, point?: Point, place = 0): Row {
  const given: Record<string, string> = { ...point?.with }
  for (const reading of item.readings ?? []) {
    if (point && reading.name === item.distinct) given[reading.name] ??= String(place + 1)
    if (reading.default) given[reading.name] = reading.default
    if (point && reading.name === item.of) given[reading.name] = point.load
    if (point && reading.kind === 'direction') given[reading.name] = point.direction ?? 'up'
  }
  return { id: `${item.id}-${index}`, given, cells: given, ...(point && { point }) }
}

/** The readings as the API takes them; rows in which nothing was typed are left out. */
export function readingsOf(draft: Draft): Record<string, unknown> {
  const readings: Record<string, unknown> = {}
  for (const [id, answers] of Object.entries(draft.checks)) if (Object.keys(answers).length > 0) readings[id] = answers
  for (const [id, rows] of Object.entries(draft.rows)) {
    const typed = rows.filter(wasTyped).map(({ cells }) => withoutBlanks(cells))
    if (typed.length > 0) readings[id] = typed
  }
  return readings
}

function wasTyped({ given, cells }: Row): boolean {
  return Object.entries(cells).some(([name, value]) => value.trim() !== '' && value !== given[name])
}

function withoutBlanks(cells: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(cells).filter(([, value]) => value.trim() !== ''))
}

/** What a direction or an answer may be typed as, by what is sent for it; anything else is sent as typed and refused. */
const spellings: Record<string, Record<string, RegExp>> = {
  direction: { up: /^(up?|进程?|升|↑)$/i, down: /^(d|down|回程?|降|↓)$/i },
  truth: { true: /^(true|y|yes|是|√|✓|1)$/i, false: /^(false|n|no|否|×|0)$/i },
}

/** The value to send for what was typed into a column of some kind. */
export function meant(kind: string | undefined, typed: string): string {
  for (const [value, spelling] of Object.entries(spellings[kind ?? ''] ?? {})) if (spelling.test(typed.trim())) return value
  return typed
}
