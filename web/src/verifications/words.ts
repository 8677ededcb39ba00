import { useCallback } from 'react'
import type { components } from '../api/schema.gen'
import type { Translate } from '../i18n/i18n'
import { useLanguage } from '../i18n/LanguageProvider'

type Reading = components['schemas']['ProcedureReading']

/** How a column of readings is headed: its title, and the unit where it holds a quantity. */
export function useColumnTitle(unit: string): (column: Pick<Reading, 'title' | 'kind' | 'unit'>) => string {
  const { language } = useLanguage()
  return useCallback(
    ({ title, kind, unit: own }) => ((kind ?? 'number') === 'number' ? `${title[language]}/${own || unit}` : title[language]),
    [language, unit],
  )
}

/** A cell in words: directions and answers are said, everything else stands as it was typed. */
export function sayCell(t: Translate, kind: string | undefined, text: string): string {
  if (kind === 'direction' && text === 'up') return t('verifications.up')
  if (kind === 'direction' && text === 'down') return t('verifications.down')
  if (kind === 'truth' && text === 'true') return t('verifications.yes')
  if (kind === 'truth' && text === 'false') return t('verifications.no')
  return text
}
