import type { components } from '../api/schema.gen'

type Item = components['schemas']['ProcedurePlannedItem']

/** One row of an item's readings, as typed. */
export interface Row {
  id: string
  cells: Record<string, string>
}

/** What is typed for each item: rows of a measured item, or the answer of a check. */
export interface Draft {
  rows: Record<string, Row[]>
  checks: Record<string, boolean | undefined>
}

/** The rows to begin with: one for each point, and as many more as the procedure wants. */
export function emptyDraft(items: readonly Item[]): Draft {
  const draft: Draft = { rows: {}, checks: {} }
  for (const item of items) {
    if (item.kind !== 'measure') continue
    const load = item.readings?.[0]?.name
    const points = item.points ?? []
    const count = Math.max(points.length, item.min_rows)
    draft.rows[item.id] = Array.from({ length: count }, (_, index) => {
      const point = points[index]
      return { id: `${item.id}-${index}`, cells: load !== undefined && point !== undefined ? { [load]: point } : {} }
    })
  }
  return draft
}

/** The readings as the API takes them; rows in which nothing was typed are left out. */
export function readingsOf(draft: Draft): Record<string, unknown> {
  const readings: Record<string, unknown> = {}
  for (const [id, ok] of Object.entries(draft.checks)) if (ok !== undefined) readings[id] = ok
  for (const [id, rows] of Object.entries(draft.rows)) {
    const typed = rows.map(({ cells }) => withoutBlanks(cells)).filter((cells) => Object.keys(cells).length > 1 || single(rows, cells))
    if (typed.length > 0) readings[id] = typed
  }
  return readings
}

/** An item with one column has rows of one cell. */
function single(rows: readonly Row[], cells: Record<string, string>): boolean {
  return rows.length === 1 && Object.keys(cells).length === 1
}

function withoutBlanks(cells: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(cells).filter(([, value]) => value.trim() !== ''))
}
