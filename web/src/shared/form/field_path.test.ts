import { describe, expect, it } from 'vitest'
import { Problem } from '../../api/problem'
import { faultsOf, fieldName, placeProblems } from './field_path'

describe('fieldName', () => {
  it.each([
    ['name', ['name']],
    ['sampled_unit.name', ['sampled_unit', 'name']],
    ['portions[1].seal.number', ['portions', 1, 'seal', 'number']],
    ['readings[0][2]', ['readings', 0, 2]],
    ['', []],
  ])('%s', (path, name) => {
    expect(fieldName(path)).toEqual(name)
  })
})

describe('placeProblems', () => {
  const problem = (path: string) => ({ path, code: 'c', zh: 'z', en: 'e' })
  const fields = [['name'], ['sampled_unit', 'name'], ['portions', 0, 'quantity'], ['period']]

  it('puts faults to their fields and lists the rest', () => {
    const { shown, rest } = placeProblems(['name', 'portions[0].quantity', 'period.from', 'seals', 'sampled_unit', ''].map(problem), fields)
    expect(shown.map(({ name }) => name)).toEqual([['name'], ['portions', 0, 'quantity'], ['period']])
    expect(rest.map(({ path }) => path)).toEqual(['seals', 'sampled_unit', ''])
  })

  it('gathers the faults of one field', () => {
    expect(placeProblems([problem('period.from'), problem('period.to')], fields).shown[0]?.problems.length).toBe(2)
  })
})

describe('faultsOf', () => {
  const refused = new Problem({ status: 401, code: 'credentials_refused', zh: 'z', en: 'e' })
  const paths = (problem: Problem, fields: string[], renamed?: Record<string, string>) =>
    faultsOf(problem, fields.map((name) => [name]), renamed).map(({ path }) => path)

  it.each([
    [['reason', 'password'], ['password']],
    [['second_login', 'second_password', 'password'], ['second_password']],
    [['reason'], []],
  ])('a refused password stands where it was typed: %s', (fields, want) => {
    expect(paths(refused, fields)).toEqual(want)
  })

  it('calls fields as the form does', () => {
    const fields = ['agreed_by', 'reason'].map((path) => ({ path, code: 'c', zh: 'z', en: 'e' }))
    expect(paths(new Problem({ status: 422, fields }), [], { agreed_by: 'second_login' })).toEqual(['second_login', 'reason'])
  })
})
