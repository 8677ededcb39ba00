import type { ReactNode } from 'react'
import { useLanguage } from '../i18n/LanguageProvider'
import type { Tone } from './states'
import { sayTime } from './time'
import styles from './Timeline.module.css'

/** One thing that happened, or, without a time, a gap in what is known. */
export interface TimelineEntry {
  key: string
  title: ReactNode
  /** RFC 3339; absent for a gap. */
  at?: string
  /** Who did it, and in which role. */
  by?: string
  body?: ReactNode
  tone?: Tone
}

/** What happened, in order; a gap is shown as broken, so that nobody reads over it. */
export function Timeline({ entries, label }: { entries: readonly TimelineEntry[]; label: string }) {
  const { language } = useLanguage()
  return (
    <ol className={styles.timeline} aria-label={label}>
      {entries.map((entry) => (
        <li key={entry.key} className={`${styles.entry} ${styles[entry.tone ?? 'plain']} ${entry.at === undefined ? styles.gap : ''}`}>
          <div className={styles.head}>
            <span className={styles.title}>{entry.title}</span>
            {entry.at !== undefined && <time dateTime={entry.at}>{sayTime(entry.at, language)}</time>}
            {entry.by !== undefined && <span className={styles.by}>{entry.by}</span>}
          </div>
          {entry.body !== undefined && <div className={styles.body}>{entry.body}</div>}
        </li>
      ))}
    </ol>
  )
}
