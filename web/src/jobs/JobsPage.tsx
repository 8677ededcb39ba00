import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { Link } from 'react-router'
import { answer, api } from '../api/client'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { DataTable, type Column } from '../shared/list/DataTable'
import { EmptyState } from '../shared/list/EmptyState'
import { PageHeader } from '../shared/PageHeader'
import { StatusTag } from '../shared/StatusTag'
import { sayTime } from '../shared/time'
import { Waiting } from '../shared/Waiting'
import { countsOf } from './job_result'

type Job = components['schemas']['JobsJob']

/** Long work with its progress; what is still under way can be cancelled. */
export default function JobsPage() {
  const { t, term, language } = useLanguage()
  const jobs = useQuery({ queryKey: ['jobs'], queryFn: () => answer(api.GET('/api/v1/jobs')), refetchInterval: 3000 })
  const columns: Column<Job>[] = [
    { key: 'kind', title: t('jobs.kind'), render: (j) => term('jobs.kinds', j.kind) },
    { key: 'state', title: t('jobs.state'), render: (j) => <StatusTag kind="job" state={j.state} />, width: 110 },
    { key: 'progress', title: t('jobs.progress'), render: (j) => <JobProgress job={j} />, width: 220 },
    { key: 'result', title: t('jobs.result'), render: (j) => (language === 'zh' ? j.error_zh : j.error_en) || <JobResult job={j} /> },
    { key: 'created', title: t('jobs.created'), render: (j) => sayTime(j.created_at, language), width: 160 },
    { key: 'cancel', title: '', render: (j) => <Cancel job={j} />, width: 90 },
  ]
  const rows = jobs.data ?? []
  return (
    <>
      <PageHeader title={t('nav.jobs')} lead={t('jobs.lead')} />
      {jobs.error && <ErrorNotice problem={jobs.error} onRetry={() => void jobs.refetch()} />}
      {jobs.isPending && <Waiting />}
      {jobs.data !== undefined && rows.length === 0 && <EmptyState title={t('jobs.none')} text={t('jobs.none_explain')} />}
      {rows.length > 0 && <DataTable label={t('nav.jobs')} columns={columns} rows={rows} rowKey={(j) => j.id} />}
    </>
  )
}

/** What a job brought about; an import leads to what became of each row. */
function JobResult({ job }: { job: Job }) {
  const { t } = useLanguage()
  const counts = countsOf(job.result)
  if (counts === undefined) return job.result || '—'
  return <Link to={`/analyses/import?job=${encodeURIComponent(job.id)}`}>{t('jobs.imported', counts)}</Link>
}

function JobProgress({ job }: { job: Job }) {
  const percent = job.state === 'done' ? 100 : job.total > 0 ? Math.round((100 * job.done) / job.total) : 0
  return <Progress percent={percent} size="small" status={job.state === 'failed' ? 'exception' : undefined} aria-label={`${percent} %`} />
}

function Cancel({ job }: { job: Job }) {
  const { t } = useLanguage()
  const queries = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id: job.id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
  if (job.state !== 'waiting' && job.state !== 'running') return null
  return (
    <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      {t('action.cancel')}
    </Button>
  )
}
