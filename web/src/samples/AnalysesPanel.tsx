import { useLanguage } from '../i18n/LanguageProvider'
import { Facts } from '../shared/Facts'
import { Panel } from '../shared/Panel'
import { sentenceCase } from '../shared/sentence_case'
import { StatusTag } from '../shared/StatusTag'
import { sayDay, sayTime } from '../shared/time'
import styles from './samples.module.css'
import { useEquipment, type Analysis, type Equipment, type Result, type SampleDetail } from './samples_api'

/** What is to be tested, and what was found: the result in force with its verdict and proof, and every version before it. */
export function AnalysesPanel({ detail }: { detail: SampleDetail }) {
  const { t } = useLanguage()
  const equipment = useEquipment()
  return (
    <Panel title={t('samples.analyses')}>
      <ul className={styles.list}>
        {(detail.analyses ?? []).map((analysis) => (
          <AnalysisItem key={analysis.id} analysis={analysis} names={detail.names} equipment={equipment.data ?? []} />
        ))}
      </ul>
    </Panel>
  )
}

interface AnalysisItemProps {
  analysis: Analysis
  names: Record<string, string>
  equipment: readonly Equipment[]
}

function AnalysisItem({ analysis, names, equipment }: AnalysisItemProps) {
  const { t } = useLanguage()
  const [newest, ...older] = (analysis.results ?? []).toReversed()
  return (
    <li className={styles.item}>
      <div className={styles.itemHead}>
        <h3>{analysis.item}</h3>
        <span className={styles.aside}>{analysis.method}</span>
        {newest && <StatusTag kind="verdict" state={newest.verdict} />}
      </div>
      {newest ? <ResultText result={newest} names={names} equipment={equipment} /> : <p className={styles.quiet}>{t('samples.no_result')}</p>}
      {older.length > 0 && (
        <details className={styles.old}>
          <summary>{t('samples.versions', { count: older.length })}</summary>
          {older.map((result) => (
            <div key={result.id} className={styles.old}>
              <StatusTag kind="verdict" state={result.verdict} />
              <ResultText result={result} names={names} equipment={equipment} />
            </div>
          ))}
        </details>
      )}
    </li>
  )
}

function ResultText({ result, names, equipment }: { result: Result; names: Record<string, string>; equipment: readonly Equipment[] }) {
  const { t, language } = useLanguage()
  const name = (id: string | undefined) => (id === undefined ? undefined : (names[id] ?? id))
  const device = equipment.find(({ id }) => id === result.equipment_id)
  const facts = [
    { label: t('samples.result'), value: <span className={styles.value}>{`${result.raw} ${result.unit}`.trim()}</span> },
    { label: t('samples.limit'), value: [result.proof.limit_text, result.proof.standard].filter(Boolean).join(' · ') },
    { label: t('samples.equipment'), value: device && `${device.name} ${device.number}` },
    { label: t('samples.measured_on'), value: sayDay(result.measured_on, language) },
    { label: t('samples.entered'), value: `${name(result.entered_by)} · ${sayTime(result.entered_at, language)} · v${result.version}` },
  ]
  const more = [
    { label: t('samples.lod'), value: result.lod },
    { label: t('samples.loq'), value: result.loq },
    { label: t('samples.basis'), value: result.basis },
    { label: t('samples.reason'), value: result.reason },
    { label: t('samples.agreed_by'), value: name(result.agreed_by) },
  ].filter(({ value }) => value)
  return (
    <>
      <Facts facts={[...facts, ...more]} />
      <p className={styles.proof}>{sentenceCase(result.proof[language])}</p>
    </>
  )
}
