import { describe, expect, it } from 'vitest'
import { normaliseText, normaliseValue } from './normalise'

describe('normaliseValue', () => {
  it.each([
    ['１．２３０', '1.230'],
    ['＜０．０１', '<0.01'],
    ['《0.01', '<0.01'],
    ['》100', '>100'],
    ['1。5', '1.5'],
    ['\u22125', '-5'],
    ['－0.3', '-0.3'],
    ['　6.71ｍｇ／ｋｇ　', '6.71mg/kg'],
    ['1.2\u00a0×\u00a010', '1.2 × 10'],
    ['≤10', '≤10'],
    ['未检出', '未检出'],
    ['未检出。', '未检出。'],
    ['ND', 'ND'],
    ['0.10', '0.10'],
    ['5—10', '5-10'],
    ['', ''],
  ])('%j becomes %j', (typed, want) => {
    expect(normaliseValue(typed)).toBe(want)
  })
})

it('texts keep their characters', () => {
  expect(normaliseText(' 样品（冷藏） ')).toBe('样品（冷藏）')
})
