import { useLanguage } from '../i18n/LanguageProvider'
import { sayDay } from '../shared/time'
import { bureauToday } from './bureau_today'
import styles from './samples.module.css'

interface DueDayProps {
  day: string | undefined
  /** The holidays of that year are not published yet. */
  provisional: boolean
  /** Nothing is waited for any more, so that the day cannot be missed. */
  done: boolean
}

/** The day by which a report is due; one that has passed is said to have. */
export function DueDay({ day, provisional, done }: DueDayProps) {
  const { t, language } = useLanguage()
  if (day === undefined) return <>—</>
  const late = !done && day < bureauToday()
  return (
    <span className={late ? styles.late : undefined}>
      {sayDay(day, language)}
      {provisional && <span className={styles.aside}> {t('samples.due_provisional')}</span>}
      {late && <span> {t('samples.due_passed')}</span>}
    </span>
  )
}
