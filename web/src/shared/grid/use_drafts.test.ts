import { describe, expect, it } from 'vitest'
import { withChanges } from './use_drafts'

const start = { stored: new Map(), drafts: new Map() }
const change = (row: string, column: string, before: string, after: string) => ({ row, column, before, after })

describe('withChanges', () => {
  it('keeps what was typed, by row and column', () => {
    const { drafts } = withChanges(start, [change('a', 'value', '', '1'), change('a', 'note', '', 'x'), change('b', 'value', '2', '3')])
    expect([...drafts]).toEqual([
      ['a', { value: '1', note: 'x' }],
      ['b', { value: '3' }],
    ])
  })

  it('forgets a cell that is back at what the server has', () => {
    const typed = withChanges(start, [change('a', 'value', '0', '1'), change('a', 'value', '1', '2')])
    expect([...withChanges(typed, [change('a', 'value', '2', '0')]).drafts]).toEqual([])
  })
})
