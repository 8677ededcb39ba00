import { languages } from './i18n'
import { useLanguage } from './LanguageProvider'
import styles from './LanguageSwitch.module.css'

const names = { zh: { name: '中文', tag: 'zh-CN' }, en: { name: 'English', tag: 'en' } } as const

/** Changes the language of the interface; each language is named in itself. */
export function LanguageSwitch() {
  const { language, setLanguage, t } = useLanguage()
  return (
    <div className={styles.switch} role="group" aria-label={t('language.choose')}>
      {languages.map((each) => (
        <button key={each} type="button" lang={names[each].tag} aria-pressed={each === language} onClick={() => setLanguage(each)}>
          {names[each].name}
        </button>
      ))}
    </div>
  )
}
