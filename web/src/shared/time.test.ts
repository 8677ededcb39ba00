import { describe, expect, it } from 'vitest'
import { sayDay, sayTime } from './time'

describe('times are those of the bureau', () => {
  it.each([
    ['2026-09-30T16:30:00Z', '2026/10/01 00:30', '01 Oct 2026, 00:30'],
    ['2026-10-01T08:05:00+08:00', '2026/10/01 08:05', '01 Oct 2026, 08:05'],
    ['nonsense', 'nonsense', 'nonsense'],
  ])('%s', (at, zh, en) => {
    expect([sayTime(at, 'zh'), sayTime(at, 'en')]).toEqual([zh, en])
  })

  it('days have no zone', () => {
    expect([sayDay('2026-10-01', 'zh'), sayDay('2026-10-01', 'en'), sayDay('', 'zh')]).toEqual(['2026/10/01', '01 Oct 2026', ''])
  })
})
