import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { menu } from '../app/navigation'
import { roles } from '../app/roles'
import { states } from '../shared/states'
import en from './en.json'
import { say, term } from './i18n'
import zh from './zh.json'

const source = join(import.meta.dirname, '..')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/\.(test|gen\.d)\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }))

/** Sentences that are put together from a prefix and a value of the API. */
const terms = [
  ...roles.map((role) => `role.${role}`),
  ...Object.entries(states).flatMap(([kind, known]) => Object.keys(known).map((state) => `state.${kind}.${state}`)),
]

describe('the dictionaries', () => {
  it('have the same sentences', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
  })

  it('leave no sentence empty and use the same values', () => {
    const places = (sentence: string) => (sentence.match(/\{\w+\}/g) ?? []).sort()
    for (const [key, sentence] of Object.entries(zh)) {
      const other = (en as Record<string, string>)[key] ?? ''
      expect([key, sentence === '', other === ''], key).toEqual([key, false, false])
      expect(places(other), key).toEqual(places(sentence))
    }
  })

  it('hold every sentence that is said', () => {
    const said = files.flatMap(({ file, text }) => [...text.matchAll(/\bt\(\s*'([^']+)'/g)].map(([, key]) => `${file}: ${key}`))
    expect(said.length).toBeGreaterThan(20)
    expect(said.filter((entry) => !Object.hasOwn(zh, entry.slice(entry.indexOf(': ') + 2)))).toEqual([])
    expect(terms.filter((key) => !Object.hasOwn(zh, key))).toEqual([])
  })

  it('hold no sentence that nobody says', () => {
    const all = files.map(({ text }) => text).join('\n')
    // term('trace.kinds', kind) says every sentence that begins so.
    const families = [...all.matchAll(/\bterm\(\s*'([\w.]+)'/g)].map(([, prefix]) => `${prefix}.`)
    const inFamily = (key: string) => families.some((prefix) => key.startsWith(prefix))
    const known = new Set<string>([...terms, ...menu.flatMap(({ label, items }) => [label, ...items.map((item) => item.label)])])
    const said = (key: string) => known.has(key) || inFamily(key) || all.includes(`'${key}'`) || all.includes(`"${key}"`)
    expect(Object.keys(zh).filter((key) => !said(key))).toEqual([])
  })
})

describe('say', () => {
  it('puts values in and leaves unknown places', () => {
    expect(say('zh', 'grid.cell', { row: 3, column: '铅' })).toBe('第 3 行，铅')
    expect(say('en', 'grid.cell', { row: 3 })).toBe('Row 3, {column}')
  })

  it('term gives the value itself when it has no word', () => {
    expect([term('zh', 'state.verdict', 'pass'), term('en', 'state.verdict', 'newer')]).toEqual(['合格', 'newer'])
  })
})
