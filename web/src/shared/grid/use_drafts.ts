import { useCallback, useMemo, useState } from 'react'
import type { CellChange } from './history'

/** What was typed into one row, by column. */
export type Draft = Readonly<Record<string, string>>

/** What was typed over the rows that the server has, until it is saved. */
export interface Drafts {
  /** The rows in which something was typed; spread a draft over its row to show it. */
  rows: ReadonlyMap<string, Draft>
  /** Takes in what the grid tells. */
  take: (changes: readonly CellChange[]) => void
  /** Forgets rows that the server has stored; all rows when none are named. */
  forget: (rows?: readonly string[]) => void
}

interface Kept {
  /** The value that each changed cell had first, which is what the server has. */
  stored: ReadonlyMap<string, Draft>
  drafts: ReadonlyMap<string, Draft>
}

const nothing: Kept = { stored: new Map(), drafts: new Map() }

/** Keeps what is typed in a grid apart from what the server has, so that only changed rows are sent. */
export function useDrafts(): Drafts {
  const [{ drafts }, setKept] = useState(nothing)
  const take = useCallback<Drafts['take']>((changes) => setKept((now) => withChanges(now, changes)), [])
  const forget = useCallback<Drafts['forget']>((names) => setKept((now) => (names ? without(now, names) : nothing)), [])
  return useMemo(() => ({ rows: drafts, take, forget }), [drafts, take, forget])
}

/** Drafts after some changes; a cell that is back at its stored value is no draft any more. */
export function withChanges({ stored, drafts }: Kept, changes: readonly CellChange[]): Kept {
  const next = { stored: new Map(stored), drafts: new Map(drafts) }
  for (const { row, column, before, after } of changes) {
    const first = { [column]: before, ...next.stored.get(row) }
    next.stored.set(row, first)
    const { [column]: _replaced, ...others } = next.drafts.get(row) ?? {}
    const draft = after === first[column] ? others : { ...others, [column]: after }
    if (Object.keys(draft).length === 0) next.drafts.delete(row)
    else next.drafts.set(row, draft)
  }
  return next
}

function without({ stored, drafts }: Kept, names: readonly string[]): Kept {
  return { stored: dropped(stored, names), drafts: dropped(drafts, names) }
}

function dropped(map: ReadonlyMap<string, Draft>, names: readonly string[]): ReadonlyMap<string, Draft> {
  return new Map([...map].filter(([name]) => !names.includes(name)))
}
