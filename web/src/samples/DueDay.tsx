import { useLanguage } from '../i18n/LanguageProvider'
import { sayDay } from '../shared/time'
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
  const late = !done && day < today()
  return (
    <span className={late ? styles.late : undefined}>
      {sayDay(day, language)}
      {provisional && <span className={styles.aside}> {t('samples.due_provisional')}</span>}
      {late && <span> {t('samples.due_passed')}</span>}
    </span>
  )
}

/** The civil date at the bureau now. */
function today(): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
}
