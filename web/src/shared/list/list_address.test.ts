import { describe, expect, it } from 'vitest'
import { readQuery, readTrail, withCursor, withFilter } from './list_address'

const address = (text: string) => new URLSearchParams(text)

describe('the address of a list', () => {
  it('is read by the names of the filters and the cursor', () => {
    expect(readQuery(address('q=油&state=&other=1&cursor=c'), ['q', 'state'])).toEqual({ q: '油', cursor: 'c' })
  })

  it('starts anew when a filter changes', () => {
    expect(withFilter(address('q=a&cursor=c&tab=2'), 'q', 'b').toString()).toBe('q=b&tab=2')
    expect(withFilter(address('q=a&cursor=c'), 'q', '').toString()).toBe('')
  })

  it('keeps the filters when it goes on', () => {
    expect(withCursor(address('q=a'), 'c').toString()).toBe('q=a&cursor=c')
    expect(withCursor(address('q=a&cursor=c'), '').toString()).toBe('q=a')
  })

  it.each<[unknown, string[]]>([
    [null, []],
    [{ trail: ['', 'c'] }, ['', 'c']],
    [{ trail: 'c' }, []],
    [{ trail: [1, 'c'] }, ['c']],
    ['x', []],
  ])('reads the way back out of %j', (state, want) => {
    expect(readTrail(state)).toEqual(want)
  })
})
