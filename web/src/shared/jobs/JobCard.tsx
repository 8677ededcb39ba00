import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Progress } from 'antd'
import { useEffect } from 'react'
import { answer, api } from '../../api/client'
import type { components } from '../../api/schema.gen'
import { useLanguage } from '../../i18n/LanguageProvider'
import { ErrorNotice } from '../ErrorNotice'
import { Panel } from '../Panel'
import { StatusTag } from '../StatusTag'
import { Waiting } from '../Waiting'
import { JobResult } from './JobResult'
import styles from './jobs.module.css'

type Job = components['schemas']['JobsJob']

const pause = 1000

interface JobCardProps {
  id: string
  /** Called when nothing more will happen to the job. */
  onEnd?: () => void
  onClose: () => void
}

/** How far a job is that was begun on this page, and what it brought about. */
export function JobCard({ id, onEnd, onClose }: JobCardProps) {
  const { t, term, language } = useLanguage()
  const query = useQuery({
    queryKey: ['job', id],
    queryFn: () => answer(api.GET('/api/v1/jobs/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : pause),
  })
  const job = query.data
  const ended = job !== undefined && hasEnded(job)
  useEffect(() => {
    if (ended) onEnd?.()
    // Once, when it ends: what is called may be another function with each drawing of the page.
  }, [ended])
  return (
    <Panel
      title={job ? term('jobs.kinds', job.kind) : t('nav.jobs')}
      actions={ended ? <Button onClick={onClose}>{t('jobs.close')}</Button> : job && <CancelJob job={job} />}
    >
      {query.error && <ErrorNotice problem={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Waiting />}
      {job && (
        <>
          <p className={styles.state}>
            <StatusTag kind="job" state={job.state} />
            <span>{t('jobs.counted', { done: job.done, total: job.total })}</span>
          </p>
          <Progress percent={percentOf(job)} showInfo={false} aria-label={term('jobs.kinds', job.kind)} />
          {job.error_zh && <p role="alert">{language === 'zh' ? job.error_zh : job.error_en}</p>}
          {ended && job.result !== '' && <JobResult job={job} />}
        </>
      )}
    </Panel>
  )
}

/** How far a job is, in percent. */
export function percentOf(job: Job): number {
  if (job.state === 'done') return 100
  return job.total > 0 ? Math.round((100 * job.done) / job.total) : 0
}

function hasEnded(job: Job): boolean {
  return job.state !== 'waiting' && job.state !== 'running'
}

/** Stops a job that is still under way. */
export function CancelJob({ job }: { job: Job }) {
  const { t } = useLanguage()
  const queries = useQueryClient()
  const cancel = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id: job.id } } })),
    onSettled: () => Promise.all([queries.invalidateQueries({ queryKey: ['jobs'] }), queries.invalidateQueries({ queryKey: ['job', job.id] })]),
  })
  if (hasEnded(job)) return null
  return (
    <Button size="small" loading={cancel.isPending} onClick={() => cancel.mutate()}>
      {t('action.cancel')}
    </Button>
  )
}
