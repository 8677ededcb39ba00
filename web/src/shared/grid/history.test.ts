import { describe, expect, it } from 'vitest'
import { emptyHistory, record, redo, undo, type CellChange } from './history'

const change = (row: string, before: string, after: string): CellChange => ({ row, column: 'value', before, after })

describe('undo and redo', () => {
  it('takes an action back and does it again', () => {
    const history = record(emptyHistory, [change('a', '', '1'), change('b', '', '2')])
    const back = undo(history, (row) => ({ a: '1', b: '2' })[row])
    expect(back.changes).toEqual([change('a', '1', ''), change('b', '2', '')])
    expect(redo(back.history, () => '').changes).toEqual([change('a', '', '1'), change('b', '', '2')])
  })

  it('goes back action by action', () => {
    const history = record(record(emptyHistory, [change('a', '', '1')]), [change('a', '1', '2')])
    const first = undo(history, () => '2')
    expect(first.changes).toEqual([change('a', '2', '1')])
    expect(undo(first.history, () => '1').changes).toEqual([change('a', '1', '')])
  })

  it('does not overwrite what came later, nor rows that are gone', () => {
    const history = record(emptyHistory, [change('a', '', '1'), change('b', '', '2')])
    expect(undo(history, (row) => (row === 'a' ? 'from another' : undefined)).changes).toEqual([])
  })

  it('forgets what was undone when something new is done', () => {
    const back = undo(record(emptyHistory, [change('a', '', '1')]), () => '1')
    expect(redo(record(back.history, [change('b', '', '2')]), () => '').changes).toEqual([])
  })

  it('has nothing to do at the ends', () => {
    expect(undo(emptyHistory, () => '').changes).toEqual([])
    expect(redo(emptyHistory, () => '').changes).toEqual([])
    expect(record(emptyHistory, [])).toBe(emptyHistory)
  })

  it('remembers 200 actions', () => {
    let history = emptyHistory
    for (let step = 0; step < 250; step++) history = record(history, [change('a', String(step), String(step + 1))])
    expect(history.done.length).toBe(200)
  })
})
