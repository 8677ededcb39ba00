import { useLanguage } from '../i18n/LanguageProvider'
import { Facts } from '../shared/Facts'
import { Panel } from '../shared/Panel'
import { sayTime } from '../shared/time'
import styles from './samples.module.css'
import type { Portion, SampleDetail, Seal } from './samples_api'
import { portionWords } from './words'

/** The portions, who answers for each now, and what became of their seals. */
export function PortionsPanel({ detail }: { detail: SampleDetail }) {
  const { t } = useLanguage()
  return (
    <Panel title={t('samples.portions')}>
      <ul className={styles.list}>
        {(detail.portions ?? []).map((portion) => (
          <PortionItem key={portion.id} portion={portion} names={detail.names} />
        ))}
      </ul>
    </Panel>
  )
}

function PortionItem({ portion, names }: { portion: Portion; names: Record<string, string> }) {
  const { t } = useLanguage()
  const holders = (portion.holders ?? []).map((id) => names[id] ?? id).join(', ')
  return (
    <li className={styles.item}>
      <div className={styles.itemHead}>
        <h3>{portion.label}</h3>
        <span>{t(portionWords[portion.role])}</span>
      </div>
      <Facts
        facts={[
          { label: t('samples.holder'), value: holders },
          { label: t('samples.place'), value: portion.place },
          { label: t('samples.quantity'), value: `${portion.quantity} ${portion.unit} · ${portion.container}` },
          { label: t('samples.seals'), value: (portion.seals ?? []).map((seal) => <SealLine key={seal.id} seal={seal} names={names} />) },
        ]}
      />
    </li>
  )
}

function SealLine({ seal, names }: { seal: Seal; names: Record<string, string> }) {
  const { t, language } = useLanguage()
  return (
    <div>
      {seal.photo_hash ? (
        <a href={`/api/v1/files/${seal.photo_hash}`} target="_blank" rel="noreferrer">
          {seal.number}
        </a>
      ) : (
        seal.number
      )}
      {seal.broken_at !== undefined && (
        <div className={styles.aside}>
          {t('samples.seal_opened', { at: sayTime(seal.broken_at, language), by: names[seal.broken_by ?? ''] ?? '', why: seal.broken_why ?? '' })}
        </div>
      )}
    </div>
  )
}
