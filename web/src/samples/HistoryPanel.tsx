import { useLanguage } from '../i18n/LanguageProvider'
import { Panel } from '../shared/Panel'
import { Timeline } from '../shared/Timeline'
import styles from './samples.module.css'
import type { SampleDetail } from './samples_api'
import { eventWords } from './words'

/** Everything that was written to the ledger about the sample, in the order in which it happened, as on every page. */
export function HistoryPanel({ detail }: { detail: SampleDetail }) {
  const { t, term } = useLanguage()
  const entries = (detail.history ?? []).map((entry) => {
    const word = eventWords[entry.kind]
    return {
      key: entry.id,
      title: word === undefined ? entry.kind : t(word),
      at: entry.at,
      by: entry.actor === '' ? t('role.system') : `${entry.actor} (${term('role', entry.role)})`,
      body: <code className={styles.hash}>{entry.hash}</code>,
    }
  })
  return (
    <Panel title={t('samples.history')}>
      <Timeline label={t('samples.history')} entries={entries} />
    </Panel>
  )
}
