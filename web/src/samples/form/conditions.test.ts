import { describe, expect, it } from 'vitest'
import type { FormField } from '../samples_api'
import { decidingPaths, isAsked, isRequired, textAt, type Filled } from './conditions'

const field: FormField = { path: 'details.stall', zh: '摊位号', en: 'stall', kind: 'text', required: false }
const within = (values: Filled) => (path: string) => textAt(values, path)
const market = { 'details.place_type': ['market', 'wholesale'] }
const stranger = { 'details.place_type': ['market'], 'sampled_unit.credit_code': ['/'] }

describe('textAt', () => {
  it.each([
    ['details.place_type', 'market'],
    ['street', '文昌街道'],
    ['details.none', ''],
    ['street.deeper', ''],
  ])('%s', (path, text) => {
    expect(textAt({ street: '文昌街道', details: { place_type: 'market' } }, path)).toBe(text)
  })
})

describe('conditions of a field', () => {
  it('is asked for while its condition holds', () => {
    expect(isAsked(field, within({}))).toBe(true)
    expect(isAsked({ ...field, only_when: market }, within({ details: { place_type: 'wholesale' } }))).toBe(true)
    expect(isAsked({ ...field, only_when: market }, within({ details: { place_type: 'shop' } }))).toBe(false)
  })

  it('is required when all named fields have one of their values', () => {
    const asked = { ...field, required_when: stranger }
    expect(isRequired(asked, within({ details: { place_type: 'market' }, sampled_unit: { credit_code: '/' } }))).toBe(true)
    expect(isRequired(asked, within({ details: { place_type: 'market' }, sampled_unit: { credit_code: 'x' } }))).toBe(false)
    expect(isRequired({ ...field, required: true }, within({}))).toBe(true)
  })

  it('knows on which fields it depends what is asked', () => {
    const catalogue = { category: 'food', zh: '', en: '', groups: [{ key: 'unit', zh: '', en: '', fields: [{ ...field, only_when: market, required_when: stranger }, field] }] }
    expect(decidingPaths(catalogue)).toEqual(['details.place_type', 'sampled_unit.credit_code'])
  })
})
