import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { keepLanguage, keptLanguage, say, term, type Language, type Translate } from './i18n'

interface LanguageContext {
  language: Language
  t: Translate
  /** The word for a value of the API's lists; see i18n.term. */
  term: (prefix: string, value: string) => string
  setLanguage: (language: Language) => void
}

const Context = createContext<LanguageContext | undefined>(undefined)

/** Gives the interface its language, keeps the choice, and tells the document which language it is in. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState(keptLanguage)

  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  }, [language])

  const setLanguage = useCallback((next: Language) => {
    keepLanguage(next)
    choose(next)
  }, [])

  const context = useMemo<LanguageContext>(
    () => ({
      language,
      t: (key, values) => say(language, key, values),
      term: (prefix, value) => term(language, prefix, value),
      setLanguage,
    }),
    [language, setLanguage],
  )
  return <Context value={context}>{children}</Context>
}

/** The language of the interface and the functions that speak it. */
export function useLanguage(): LanguageContext {
  const context = use(Context)
  if (!context) throw new Error('useLanguage outside LanguageProvider')
  return context
}
