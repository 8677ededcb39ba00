import type { components } from '../api/schema.gen'
import type { Language, Translate } from '../i18n/i18n'

type Parameter = components['schemas']['ProcedureParameter']

/** Whether the name of a parameter is a symbol that people write, such as Max or e, and not a code. */
export function isSymbol(name: string): boolean {
  return /^[A-Za-z]{1,3}$/.test(name)
}

/** A parameter of an instrument in words: Max = 15; tare device: yes. */
export function sayParameter(name: string, value: string, known: readonly Parameter[], language: Language, t: Translate): string {
  const colon = language === 'zh' ? '：' : ': '
  if (name === 'unit') return `${t('instruments.unit')}${colon}${value}`
  if (isSymbol(name)) return `${name} = ${value}`
  const parameter = known.find((each) => each.name === name)
  const answers: Record<string, string> = { true: t('verifications.yes'), false: t('verifications.no') }
  const said = parameter?.kind === 'boolean' ? (answers[value] ?? value) : value
  return `${parameter?.title[language] ?? name}${colon}${said}`
}
