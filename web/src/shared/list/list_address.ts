/** What a list is asked for: filters by name, and where to go on. */
export type ListQuery = Record<string, string>

const cursorName = 'cursor'

/** Reads the query out of the address; names that are no filter of the list are left alone. */
export function readQuery(address: URLSearchParams, filters: readonly string[]): ListQuery {
  const query: ListQuery = {}
  for (const name of [...filters, cursorName]) {
    const value = address.get(name)
    if (value) query[name] = value
  }
  return query
}

/** The address with one filter changed; a changed filter starts the list anew. */
export function withFilter(address: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = new URLSearchParams(address)
  next.delete(cursorName)
  if (value === '') next.delete(name)
  else next.set(name, value)
  return next
}

/** The address of the page at a cursor; the first page has none. */
export function withCursor(address: URLSearchParams, cursor: string): URLSearchParams {
  const next = new URLSearchParams(address)
  if (cursor === '') next.delete(cursorName)
  else next.set(cursorName, cursor)
  return next
}

/** The cursors of the pages before this one, kept in the history entry; unknown ones leave the way back to the start. */
export function readTrail(state: unknown): string[] {
  if (typeof state !== 'object' || state === null || !('trail' in state) || !Array.isArray(state.trail)) return []
  return state.trail.filter((cursor) => typeof cursor === 'string')
}
