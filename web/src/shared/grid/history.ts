/** A change of one cell, by the names of its row and column, which outlive sorting and reloading. */
export interface CellChange {
  row: string
  column: string
  before: string
  after: string
}

/** What can be undone and redone: each entry is one action of the person, of one cell or of thousands. */
export interface History {
  done: readonly (readonly CellChange[])[]
  undone: readonly (readonly CellChange[])[]
}

export const emptyHistory: History = { done: [], undone: [] }

const longest = 200

/** Notes an action; what had been undone before it is gone. */
export function record(history: History, changes: readonly CellChange[]): History {
  if (changes.length === 0) return history
  return { done: [...history.done, changes].slice(-longest), undone: [] }
}

export interface Replay {
  history: History
  changes: readonly CellChange[]
}

type Read = (row: string, column: string) => string | undefined

/** Takes the last action back, but for cells that hold something else by now: what came later is not overwritten. */
export function undo(history: History, read: Read): Replay {
  const last = history.done.at(-1)
  if (!last) return { history, changes: [] }
  return {
    history: { done: history.done.slice(0, -1), undone: [...history.undone, last] },
    changes: replayable(last.map(reversed), read),
  }
}

/** Does again what was undone last. */
export function redo(history: History, read: Read): Replay {
  const last = history.undone.at(-1)
  if (!last) return { history, changes: [] }
  return {
    history: { done: [...history.done, last], undone: history.undone.slice(0, -1) },
    changes: replayable(last, read),
  }
}

function reversed({ row, column, before, after }: CellChange): CellChange {
  return { row, column, before: after, after: before }
}

function replayable(changes: readonly CellChange[], read: Read): CellChange[] {
  return changes.filter(({ row, column, before }) => read(row, column) === before)
}
