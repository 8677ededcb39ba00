import { Link } from 'react-router'
import { useLanguage } from '../i18n/LanguageProvider'
import { CopyNumber } from '../shared/CopyNumber'
import { Facts, type Fact } from '../shared/Facts'
import { Panel } from '../shared/Panel'
import { StatusTag } from '../shared/StatusTag'
import { sayTime } from '../shared/time'
import styles from './samples.module.css'
import { useIssuedDocuments, type Report, type SampleDetail } from './samples_api'

/** Every revision of the report with who compiled, reviewed, returned or approved it, and what was issued of it. */
export function ReportsPanel({ detail }: { detail: SampleDetail }) {
  const { t } = useLanguage()
  const reports = (detail.reports ?? []).toReversed()
  const issued = reports.some(({ state }) => state === 'approved')
  const documents = useIssuedDocuments(detail.sample.number, issued)
  return (
    <Panel title={t('samples.reports')}>
      {reports.length === 0 && <p className={styles.quiet}>{t('samples.no_report')}</p>}
      <ul className={styles.list}>
        {(documents.data ?? []).map((document) => (
          <li key={document.id} className={styles.item}>
            <div className={styles.itemHead}>
              <h3>
                <CopyNumber number={document.number}>
                  <Link to={`/documents/${encodeURIComponent(document.number)}`}>{document.number}</Link>
                </CopyNumber>
              </h3>
              <StatusTag kind="document" state={document.status} />
              <a href={`/api/v1/documents/${encodeURIComponent(document.number)}/pdf`} target="_blank" rel="noreferrer">
                {t('samples.open_pdf')}
              </a>
            </div>
          </li>
        ))}
        {reports.map((report) => (
          <ReportItem key={report.id} report={report} sample={detail.sample.number} />
        ))}
      </ul>
    </Panel>
  )
}

function ReportItem({ report, sample }: { report: Report; sample: string }) {
  const { t, language } = useLanguage()
  // A report that is reopened begins as a revision that was returned in the same moment.
  const reopened = report.returned_at !== undefined && report.returned_at === report.compiled_at
  const signed = (label: string, who: string | undefined, at: string | undefined): Fact[] =>
    who === undefined || at === undefined ? [] : [{ label, value: `${who} · ${sayTime(at, language)}` }]
  const facts: Fact[] = [
    { label: t('samples.conclusion'), value: <StatusTag kind="verdict" state={report.conclusion} /> },
    ...(reopened ? signed(t('samples.event.reopened'), report.compiler, report.compiled_at) : signed(t('samples.compiled'), report.compiler, report.compiled_at)),
    ...signed(t('samples.reviewed'), report.reviewer, report.reviewed_at),
    ...(reopened ? [] : signed(t('samples.returned'), report.returner, report.returned_at)),
    ...signed(t('samples.approved'), report.approver, report.approved_at),
    ...[
      { label: t('samples.return_reason'), value: reopened ? '' : report.return_reason },
      { label: t('samples.reason'), value: report.reason },
    ].filter(({ value }) => value),
  ]
  return (
    <li className={styles.item}>
      <div className={styles.itemHead}>
        <h3>{t('samples.revision', { revision: report.revision })}</h3>
        <StatusTag kind="report" state={report.state} />
        {(report.state === 'compiled' || report.state === 'reviewed') && (
          <a href={`/api/v1/samples/${encodeURIComponent(sample)}/report-draft`} target="_blank" rel="noreferrer">
            {t('documents.preview')}
          </a>
        )}
      </div>
      <Facts facts={facts} />
      <p className={`${styles.proof} ${styles.hash} ${styles.aside}`}>
        SHA-256 <code>{report.summary_hash}</code>
      </p>
    </li>
  )
}
