import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { Link } from 'react-router'
import type { components } from '../../api/schema.gen'
import { useLanguage } from '../../i18n/LanguageProvider'
import { sayTime } from '../time'
import styles from './jobs.module.css'
import { approvalsOf, batchOf, sayMegabytes, type ApprovalsResult, type BatchResult } from './job_result'

type Job = components['schemas']['JobsJob']

/** What a batch of documents or a bulk approval brought about. */
export function JobResult({ job }: { job: Job }) {
  const batch = batchOf(job.result)
  if (batch) return <Files job={job.id} batch={batch} />
  const approvals = approvalsOf(job.result)
  return approvals ? <Approved result={approvals} /> : <>{job.result || '—'}</>
}

function Files({ job, batch }: { job: string; batch: BatchResult }) {
  const { t, language } = useLanguage()
  if (Date.parse(batch.expires_at) <= Date.now()) return <p>{t('batches.gone', { time: sayTime(batch.expires_at, language) })}</p>
  return (
    <div className={styles.result}>
      <ul className={styles.files}>
        {batch.files.map((file) => (
          <li key={file.number}>
            <Button size="small" icon={<DownloadOutlined aria-hidden />} href={`/api/v1/jobs/${job}/files/${file.number}`}>
              {file.name}
            </Button>
            <span>{t('batches.file', { documents: file.documents, size: sayMegabytes(file.size) })}</span>
          </li>
        ))}
      </ul>
      {batch.left_out > 0 && <p>{t('batches.left_out', { n: batch.left_out })}</p>}
      {batch.withdrawn > 0 && <p>{t('batches.printed_withdrawn', { n: batch.withdrawn })}</p>}
      <p>{t('batches.until', { time: sayTime(batch.expires_at, language) })}</p>
    </div>
  )
}

function Approved({ result }: { result: ApprovalsResult }) {
  const { t, language } = useLanguage()
  return (
    <div className={styles.result}>
      <p>{t('approvals.came', { approved: result.approved, items: result.items })}</p>
      {result.documents.length > 0 && (
        <ul className={styles.issued} aria-label={t('nav.documents')}>
          {result.documents.map((number) => (
            <li key={number}>
              <Link to={`/documents/${number}`}>{number}</Link>
            </li>
          ))}
        </ul>
      )}
      {result.blocked.length > 0 && (
        <ul className={styles.blocked}>
          {result.blocked.map((b) => (
            <li key={b.number}>
              <strong>{b.number}</strong> {[b[language], ...(b.reasons ?? []).map((reason) => reason[language])].join(' · ')}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
