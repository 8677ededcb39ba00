import { describe, expect, it } from 'vitest'
import { Problem, readProblem } from './problem'

const response = new Response(null, { status: 422, headers: { 'X-Request-Id': 'r-1' } })

describe('readProblem', () => {
  it('takes both languages and every fault', () => {
    const problem = readProblem(response, {
      status: 422,
      code: 'invalid',
      zh: '输入有误',
      en: 'faults',
      errors: [{ path: 'seals[0].number', code: 'required', zh: '封条号必填', en: 'the seal number is required' }],
    })
    expect([problem.status, problem.code, problem.reason('zh'), problem.reason('en'), problem.reference]).toEqual([422, 'invalid', '输入有误', 'faults', 'r-1'])
    expect(problem.fields).toEqual([{ path: 'seals[0].number', code: 'required', zh: '封条号必填', en: 'the seal number is required' }])
  })

  it.each<[string, unknown, string]>([
    ['no body', undefined, ''],
    ['text', '<html>', ''],
    ['a plain problem', { title: 'Bad', detail: 'too long' }, 'too long'],
    ['faults of another shape', { title: 'Bad', errors: ['x', null, { message: 'y' }] }, 'Bad'],
  ])('bears %s', (_name, body, reason) => {
    const problem = readProblem(response, body)
    expect([problem.reason('zh'), problem.fields]).toEqual([reason, []])
  })

  it.each([
    [0, true],
    [500, true],
    [503, true],
    [408, true],
    [409, false],
    [412, false],
  ])('status %i: outcome unknown is %s', (status, unknown) => {
    expect(new Problem({ status }).outcomeUnknown).toBe(unknown)
  })
})
