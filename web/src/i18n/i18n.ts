import en from './en.json'
import zh from './zh.json'

/** A sentence of the interface; one that is in no dictionary does not compile. */
export type Key = keyof typeof zh

/** The languages of the interface; Chinese is the first. */
export type Language = 'zh' | 'en'

export const languages: readonly Language[] = ['zh', 'en']

export type Values = Record<string, string | number>
export type Translate = (key: Key, values?: Values) => string

const dictionaries: Record<Language, Record<Key, string>> = { zh, en }

/** Says a sentence in a language; {name} in it is replaced by values.name. */
export function say(language: Language, key: Key, values: Values = {}): string {
  const sentence = dictionaries[language][key]
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/**
 * The word for a value of the API's lists (a state, a role, a kind): the sentence `prefix.value`, or the value itself
 * when the server knows a newer one than this page.
 */
export function term(language: Language, prefix: string, value: string): string {
  const sentences: Record<string, string | undefined> = dictionaries[language]
  return sentences[`${prefix}.${value}`] ?? value
}

const storageKey = 'hengjian.language'

/** The language chosen last on this device. */
export function keptLanguage(): Language {
  try {
    return localStorage.getItem(storageKey) === 'en' ? 'en' : 'zh'
  } catch {
    return 'zh' // storage may be closed to the page; the choice then lasts as long as the page
  }
}

/** Keeps the choice of language on this device. */
export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(storageKey, language)
  } catch {
    return
  }
}
