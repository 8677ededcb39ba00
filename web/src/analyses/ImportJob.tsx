import { Button, Progress } from 'antd'
import { Link } from 'react-router'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { Panel } from '../shared/Panel'
import { StatusTag } from '../shared/StatusTag'
import { Waiting } from '../shared/Waiting'
import styles from './analyses.module.css'
import { importOf, useImportTable, useJob } from './analyses_api'
import { OutcomeTable } from './OutcomeTable'

/** How far an import is, and when it has ended what became of each row. */
export function ImportJob({ id }: { id: string }) {
  const { t, language } = useLanguage()
  const query = useJob(id)
  const job = query.data
  const table = useImportTable(job && importOf(job))
  const percent = job && job.total > 0 ? Math.round((100 * job.done) / job.total) : 0
  return (
    <Panel
      title={t('analyses.import.job')}
      actions={
        <Link to="/analyses/import">
          <Button tabIndex={-1}>{t('analyses.import.another')}</Button>
        </Link>
      }
    >
      {query.error && <ErrorNotice problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Waiting />}
      {job && (
        <>
          <p className={styles.file}>
            <StatusTag kind="job" state={job.state} />
            <span>{t('analyses.import.progress', { done: job.done, total: job.total })}</span>
          </p>
          <Progress percent={job.state === 'done' ? 100 : percent} showInfo={false} aria-label={t('analyses.import.job')} />
          {job.error_zh && <p role="alert">{language === 'zh' ? job.error_zh : job.error_en}</p>}
        </>
      )}
      {table.error && <ErrorNotice problem={table.error} onRetry={() => void table.refetch()} />}
      {table.data && (
        <>
          <p>{t('analyses.import.ended', { imported: table.data.imported, listed: table.data.listed })}</p>
          <OutcomeTable rows={table.data.rows ?? []} />
        </>
      )}
    </Panel>
  )
}
