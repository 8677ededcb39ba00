import { describe, expect, it } from 'vitest'
import { FormKey, uuidv7 } from './form_key'
import { Problem } from './problem'

describe('uuidv7', () => {
  it('has the version, the variant and the time', () => {
    const random = Uint8Array.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
    expect(uuidv7(0x0198c0de1234, random)).toBe('0198c0de-1234-7fff-bfff-ffffffffffff')
    expect(uuidv7(0, new Uint8Array(10))).toBe('00000000-0000-7000-8000-000000000000')
  })

  it('does not repeat', () => {
    expect(new Set(Array.from({ length: 1000 }, () => uuidv7(1))).size).toBe(1000)
  })
})

describe('FormKey', () => {
  const after = (problem?: Problem) => {
    const key = new FormKey()
    const first = key.value
    key.settle(problem)
    return key.value === first ? 'kept' : 'new'
  }

  it.each([
    ['stored', undefined, 'new'],
    ['refused for its content', new Problem({ status: 422, code: 'invalid' }), 'new'],
    ['refused for its state', new Problem({ status: 409, code: 'state' }), 'new'],
    ['no answer', new Problem({ status: 0 }), 'kept'],
    ['outcome unknown', new Problem({ status: 503, code: 'outcome_unknown' }), 'kept'],
    ['too many', new Problem({ status: 429 }), 'kept'],
    ['still under way', new Problem({ status: 409, code: 'idempotency_key_busy' }), 'kept'],
  ])('%s: %s', (_name, problem, want) => {
    expect(after(problem)).toBe(want)
  })

  it('stays the same while nothing is settled', () => {
    const key = new FormKey()
    expect(key.header['Idempotency-Key']).toBe(key.value)
  })
})
