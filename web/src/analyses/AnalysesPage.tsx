import { UploadOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useNavigate } from 'react-router'
import { answer, api } from '../api/client'
import type { components } from '../api/schema.gen'
import type { Key } from '../i18n/i18n'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { DataTable, type Column } from '../shared/list/DataTable'
import { EmptyState } from '../shared/list/EmptyState'
import { PageHeader } from '../shared/PageHeader'
import { Panel } from '../shared/Panel'
import { sayDay } from '../shared/time'
import { Waiting } from '../shared/Waiting'

type Task = components['schemas']['LimsTask']
type Work = components['schemas']['LimsWork']

const taskWords: Record<Task['step'], Key> = {
  deliver: 'analyses.task.deliver',
  receive: 'analyses.task.receive',
  accept: 'analyses.task.accept',
  compile: 'analyses.task.compile',
  review: 'analyses.task.review',
  approve: 'analyses.task.approve',
}

/** What waits for the person who is signed in: steps to take, and results to enter. */
export default function AnalysesPage() {
  const { t } = useLanguage()
  const { session } = useSession()
  const navigate = useNavigate()
  const worklist = useQuery({ queryKey: ['worklist'], queryFn: () => answer(api.GET('/api/v1/worklist')) })
  const tasks = worklist.data?.tasks ?? []
  const analyses = worklist.data?.analyses ?? []
  const imports = session.roles.includes('technician') && (
    <Button type="primary" icon={<UploadOutlined aria-hidden />} onClick={() => void navigate('/analyses/import')}>
      {t('analyses.import.title')}
    </Button>
  )
  return (
    <>
      <PageHeader title={t('nav.analyses')} lead={t('analyses.lead')} actions={imports || undefined} />
      {worklist.error && <ErrorNotice problem={worklist.error} onRetry={() => void worklist.refetch()} />}
      {worklist.isPending && <Waiting />}
      {worklist.data && tasks.length + analyses.length === 0 && <EmptyState title={t('analyses.none')} text={t('analyses.none_explain')} />}
      {tasks.length > 0 && <Tasks tasks={tasks} />}
      {analyses.length > 0 && <Works works={analyses} />}
    </>
  )
}

function Tasks({ tasks }: { tasks: readonly Task[] }) {
  const { t, language } = useLanguage()
  const columns: Column<Task>[] = [
    { key: 'number', title: t('analyses.sample'), width: 190, render: (row) => row.number },
    { key: 'step', title: t('analyses.step'), width: 140, render: (row) => t(taskWords[row.step]) },
    { key: 'product', title: t('analyses.product'), render: (row) => row.product_name },
    { key: 'from', title: t('analyses.from'), width: 140, render: (row) => row.from || '—' },
    { key: 'due', title: t('analyses.due'), width: 140, render: (row) => (row.due_on === undefined ? '—' : sayDay(row.due_on, language)) },
  ]
  return (
    <Panel title={t('analyses.tasks', { count: tasks.length })}>
      <DataTable label={t('analyses.tasks', { count: tasks.length })} columns={columns} rows={tasks} rowKey={(row) => `${row.number} ${row.step} ${row.handover_id ?? ''}`} to={(row) => `/samples/${encodeURIComponent(row.number)}`} />
    </Panel>
  )
}

function Works({ works }: { works: readonly Work[] }) {
  const { t, language } = useLanguage()
  const columns: Column<Work>[] = [
    { key: 'number', title: t('analyses.sample'), width: 190, render: (row) => row.number },
    { key: 'item', title: t('analyses.item'), render: (row) => row.item },
    { key: 'method', title: t('analyses.method'), render: (row) => row.method },
    { key: 'product', title: t('analyses.product'), render: (row) => row.product_name },
    { key: 'due', title: t('analyses.due'), width: 140, render: (row) => (row.due_on === undefined ? '—' : sayDay(row.due_on, language)) },
    { key: 'authorised', title: t('analyses.authorised'), width: 120, render: (row) => t(row.authorised ? 'analyses.authorised_yes' : 'analyses.authorised_no') },
  ]
  return (
    <Panel title={t('analyses.waiting', { count: works.length })}>
      <DataTable label={t('analyses.waiting', { count: works.length })} columns={columns} rows={works} rowKey={(row) => row.analysis_id} to={(row) => `/samples/${encodeURIComponent(row.number)}`} />
    </Panel>
  )
}
