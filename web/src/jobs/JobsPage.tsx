import { useQuery } from '@tanstack/react-query'
import { Progress } from 'antd'
import { Link } from 'react-router'
import { answer, api } from '../api/client'
import type { components } from '../api/schema.gen'
import type { Key } from '../i18n/i18n'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { CancelJob, percentOf } from '../shared/jobs/JobCard'
import { JobResult } from '../shared/jobs/JobResult'
import { DataTable, type Column } from '../shared/list/DataTable'
import { EmptyState } from '../shared/list/EmptyState'
import { PageHeader } from '../shared/PageHeader'
import { StatusTag } from '../shared/StatusTag'
import { sayTime } from '../shared/time'
import { Waiting } from '../shared/Waiting'
import { countsOf } from './job_result'

type Job = components['schemas']['JobsJob']

/** The texts that differ between the bureau's page and a business's. */
type Texts = Record<'title' | 'lead' | 'none' | 'explain', Key>

const bureau: Texts = { title: 'nav.jobs', lead: 'jobs.lead', none: 'jobs.none', explain: 'jobs.none_explain' }

/** Long work with its progress; what is still under way can be cancelled. */
export default function JobsPage({ texts = bureau }: { texts?: Texts }) {
  const { t, term, language } = useLanguage()
  const jobs = useQuery({ queryKey: ['jobs'], queryFn: () => answer(api.GET('/api/v1/jobs')), refetchInterval: 3000 })
  const columns: Column<Job>[] = [
    { key: 'kind', title: t('jobs.kind'), render: (j) => term('jobs.kinds', j.kind) },
    { key: 'state', title: t('jobs.state'), render: (j) => <StatusTag kind="job" state={j.state} />, width: 110 },
    { key: 'progress', title: t('jobs.progress'), render: (j) => <JobProgress job={j} />, width: 220 },
    { key: 'result', title: t('jobs.result'), render: (j) => (language === 'zh' ? j.error_zh : j.error_en) || <Result job={j} /> },
    { key: 'created', title: t('jobs.created'), render: (j) => sayTime(j.created_at, language), width: 160 },
    { key: 'cancel', title: '', render: (j) => <CancelJob job={j} />, width: 90 },
  ]
  const rows = jobs.data ?? []
  return (
    <>
      <PageHeader title={t(texts.title)} lead={t(texts.lead)} />
      {jobs.error && <ErrorNotice problem={jobs.error} onRetry={() => void jobs.refetch()} />}
      {jobs.isPending && <Waiting />}
      {jobs.data !== undefined && rows.length === 0 && <EmptyState title={t(texts.none)} text={t(texts.explain)} />}
      {rows.length > 0 && <DataTable label={t(texts.title)} columns={columns} rows={rows} rowKey={(j) => j.id} />}
    </>
  )
}

/** What a job brought about; an import leads to what became of each row. */
function Result({ job }: { job: Job }) {
  const { t } = useLanguage()
  const counts = countsOf(job.result)
  if (counts === undefined) return <JobResult job={job} />
  return <Link to={`/analyses/import?job=${encodeURIComponent(job.id)}`}>{t('jobs.imported', counts)}</Link>
}

function JobProgress({ job }: { job: Job }) {
  const percent = percentOf(job)
  return <Progress percent={percent} size="small" status={job.state === 'failed' ? 'exception' : undefined} aria-label={`${percent} %`} />
}
