import { useLanguage } from '../i18n/LanguageProvider'
import type { Language } from '../i18n/i18n'
import type { components } from '../api/schema.gen'
import { ErrorNotice } from '../shared/ErrorNotice'
import { Panel } from '../shared/Panel'
import { StatusTag } from '../shared/StatusTag'
import { sayTime } from '../shared/time'
import { Timeline, type TimelineEntry } from '../shared/Timeline'
import { Waiting } from '../shared/Waiting'
import styles from './samples.module.css'
import { useCustody, type Handover } from './samples_api'
import { purposeWords } from './words'

type Stretch = components['schemas']['LimsStretch']
type Gap = components['schemas']['LimsGap']

/** Who answered for which portion from when to when; what is not accounted for stands on top. */
export function CustodyPanel({ number }: { number: string }) {
  const { t, language } = useLanguage()
  const custody = useCustody(number)
  const gaps = custody.data?.gaps ?? []
  const handovers = custody.data?.handovers ?? []
  return (
    <Panel title={t('samples.custody')}>
      {custody.error && <ErrorNotice problem={custody.error} onRetry={() => void custody.refetch()} />}
      {custody.isPending && <Waiting />}
      {custody.data && (
        <>
          {gaps.length === 0 ? <p className={styles.quiet}>{t('samples.no_gaps')}</p> : <Gaps gaps={gaps} />}
          <Timeline label={t('samples.custody')} entries={(custody.data.stretches ?? []).map((stretch) => sayStretch(stretch, handovers, language, t('samples.until_now')))} />
          {handovers.length > 0 && <Handovers handovers={handovers} />}
        </>
      )}
    </Panel>
  )
}

function Gaps({ gaps }: { gaps: readonly Gap[] }) {
  const { language } = useLanguage()
  return (
    <ul className={styles.gaps}>
      {gaps.map((gap, index) => (
        <li key={index}>
          <strong>{gap.label}</strong> {gap[language]}
          {gap.from !== undefined && ` (${sayTime(gap.from, language)}${gap.to === gap.from ? '' : ` – ${gap.to === undefined ? '' : sayTime(gap.to, language)}`})`}
        </li>
      ))}
    </ul>
  )
}

function sayStretch(stretch: Stretch, handovers: readonly Handover[], language: Language, now: string): TimelineEntry {
  const handover = handovers.find(({ id }) => id === stretch.handover_id)
  return {
    key: `${stretch.portion_id} ${stretch.from}`,
    title: `${(stretch.names ?? []).join(', ')} · ${stretch.label}`,
    at: stretch.from,
    by: `→ ${stretch.to === undefined ? now : sayTime(stretch.to, language)}`,
    body: [stretch.place, handover && `${handover.giver_name} → ${handover.receiver_name}`].filter(Boolean).join(' · ') || undefined,
    tone: stretch.to === undefined ? 'busy' : 'plain',
  }
}

function Handovers({ handovers }: { handovers: readonly Handover[] }) {
  const { t } = useLanguage()
  return (
    <details className={styles.old}>
      <summary>{t('samples.handovers', { count: handovers.length })}</summary>
      <ul className={styles.list}>
        {handovers.map((handover) => (
          <HandoverItem key={handover.id} handover={handover} />
        ))}
      </ul>
    </details>
  )
}

function HandoverItem({ handover }: { handover: Handover }) {
  const { t, language } = useLanguage()
  const purpose = purposeWords[handover.purpose]
  return (
    <li className={styles.item}>
      <div className={styles.itemHead}>
        <h3>
          {handover.giver_name} → {handover.receiver_name}
        </h3>
        <StatusTag kind="handover" state={handover.state} />
        <span>{purpose === undefined ? handover.purpose : t(purpose)}</span>
        <span className={styles.aside}>{sayTime(handover.decided_at ?? handover.offered_at, language)}</span>
      </div>
      {handover.refusal && <p>{handover.refusal}</p>}
      {(handover.checks ?? []).map((check) => (
        <div key={check.seal_id}>
          {t('samples.seal_read', { number: check.number, read: check.read_number || '—' })} <StatusTag kind="seal" state={check.finding} />
        </div>
      ))}
    </li>
  )
}
