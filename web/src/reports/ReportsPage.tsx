import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { answer, api } from '../api/client'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import type { Key } from '../i18n/i18n'
import { useSession } from '../session/SessionProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { ApproveBar } from '../shared/jobs/ApproveBar'
import { DataTable, type Column } from '../shared/list/DataTable'
import { PageHeader } from '../shared/PageHeader'
import { Panel } from '../shared/Panel'
import { StatusTag } from '../shared/StatusTag'
import { sayDay } from '../shared/time'
import { Waiting } from '../shared/Waiting'

type Row = components['schemas']['LimsRow']

const most = 100

/** The reports that wait for a signature. Who may not sign, because of an own part in the report, is told so on its page. */
export default function ReportsPage() {
  const { t } = useLanguage()
  return (
    <>
      <PageHeader title={t('nav.reports')} lead={t('reports.lead')} />
      <Queue stage="compiled" title="reports.to_review" none="reports.none_to_review" />
      <Queue stage="reviewed" title="reports.to_approve" none="reports.none_to_approve" />
    </>
  )
}

function Queue({ stage, title, none }: { stage: 'compiled' | 'reviewed'; title: Key; none: Key }) {
  const { t, language } = useLanguage()
  const { session } = useSession()
  const [chosen, setChosen] = useState<readonly Row[]>([])
  const approves = stage === 'reviewed' && session.roles.includes('signatory')
  const queue = useQuery({
    queryKey: ['samples', 'reports', stage],
    queryFn: () => answer(api.GET('/api/v1/samples', { params: { query: { stage, limit: most } } })),
  })
  const rows = queue.data?.items ?? []
  const columns: Column<Row>[] = [
    { key: 'number', title: t('reports.sample'), width: 190, render: (row) => row.number },
    { key: 'product', title: t('reports.product'), render: (row) => row.product_name },
    { key: 'unit', title: t('reports.sampled_unit'), render: (row) => row.sampled_unit },
    { key: 'items', title: t('reports.items'), width: 80, align: 'end', render: (row) => row.analyses },
    { key: 'due', title: t('reports.due'), width: 140, render: (row) => (row.due_on === undefined ? '—' : sayDay(row.due_on, language)) },
    { key: 'stage', title: t('reports.stage'), width: 110, render: (row) => <StatusTag kind="sample" state={row.stage} /> },
  ]
  return (
    <Panel title={t(title)} actions={queue.data?.next ? <Link to={`/samples?stage=${stage}`}>{t('reports.all')}</Link> : undefined}>
      {queue.error && <ErrorNotice problem={queue.error} onRetry={() => void queue.refetch()} />}
      {queue.isPending && <Waiting />}
      {approves && queue.data && (
        <ApproveBar
          kind="report"
          chosen={chosen.map((row) => ({ number: row.number, version: row.version, name: row.product_name }))}
          reset={() => setChosen([])}
          refresh={() => queue.refetch()}
        />
      )}
      {queue.data && rows.length === 0 && <p>{t(none)}</p>}
      {rows.length > 0 && (
        <DataTable
          label={t(title)}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.number}
          to={(row) => `/samples/${encodeURIComponent(row.number)}`}
          choice={approves ? { chosen, onChange: setChosen, label: (row) => row.number } : undefined}
        />
      )}
    </Panel>
  )
}
