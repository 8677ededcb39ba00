import { describe, expect, it } from 'vitest'
import { say, type Key, type Values } from '../i18n/i18n'
import { sayParameter } from './parameter_words'

const parameter = (name: string, kind: 'boolean' | 'choice', zh: string, en: string) => ({ name, kind, title: { zh, en } }) as Parameters<typeof sayParameter>[2][number]
const known = [parameter('tare_device', 'boolean', '除皮装置', 'tare device'), parameter('accuracy_class', 'choice', '准确度等级', 'accuracy class')]
const english = (key: Key, values?: Values) => say('en', key, values)

describe('sayParameter', () => {
  it.each([
    ['Max', '15', 'Max = 15'],
    ['tare_device', 'true', 'tare device: yes'],
    ['accuracy_class', 'III', 'accuracy class: III'],
    ['coin', '0.1', 'coin: 0.1'],
    ['newer_one', 'x', 'newer_one: x'],
  ])('%s', (name, value, want) => expect(sayParameter(name, value, known, 'en', english).toLowerCase()).toBe(want.toLowerCase()))
})
