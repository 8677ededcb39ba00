import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { ifMatch } from '../api/form_key'
import { answer, api, tagged, type Tagged } from '../api/client'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { CopyNumber } from '../shared/CopyNumber'
import { ErrorNotice } from '../shared/ErrorNotice'
import { Facts } from '../shared/Facts'
import { SignDialog } from '../shared/form/SignDialog'
import { PageHeader } from '../shared/PageHeader'
import { Panel } from '../shared/Panel'
import { StatusTag } from '../shared/StatusTag'
import { Timeline } from '../shared/Timeline'
import { sayDay, sayTime } from '../shared/time'
import { Waiting } from '../shared/Waiting'
import { DecideDrawer, ReturnDrawer } from './order_drawers'
import { EvaluationView } from './evaluation_view'
import { RecordForm } from './record_form'

type Detail = components['schemas']['InstrumentsOrderDetail']
type Evaluation = components['schemas']['ProcedureEvaluation']

/** One order: where it stands, what was measured, and what the person may do next. */
export function OrderView({ above, documents }: { above: { label: string; to: string }; documents: string }) {
  const { number = '' } = useParams()
  const found = useQuery({
    queryKey: ['verification-orders', number],
    queryFn: () => tagged(api.GET('/api/v1/verification-orders/{number}', { params: { path: { number } } })),
  })
  // A failed second reading must not take away the readings that are being typed.
  if (found.data) return <OrderBody key={number} above={above} documents={documents} read={found.data} problem={found.error} />
  return (
    <>
      <PageHeader title={number} above={[above]} />
      {found.error ? <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} /> : <Waiting />}
    </>
  )
}

interface BodyProps {
  above: { label: string; to: string }
  documents: string
  read: Tagged<Detail>
  problem: Error | null
}

function OrderBody({ above, documents, read, problem }: BodyProps) {
  const { t, term, language } = useLanguage()
  const [step, setStep] = useState('')
  const { order: o, instrument: i } = read.value
  const actions = o.actions ?? []
  const done = () => setStep('')
  return (
    <>
      <PageHeader
        title={`${i.name} ${i.model}`}
        above={[above]}
        beside={<StatusTag kind="verification" state={o.state} />}
        lead={<CopyNumber number={o.number} />}
        actions={actions.map((action) => (
          <Button key={action} type={action === 'refuse' || action === 'return' ? 'default' : 'primary'} onClick={() => setStep(action)}>
            {term('verifications.steps', action)}
          </Button>
        ))}
      />
      {problem && <ErrorNotice problem={problem} />}
      <Panel>
        <Facts
          facts={[
            { label: t('instruments.owner'), value: o.business },
            { label: t('instruments.number'), value: o.instrument },
            { label: t('instruments.serial'), value: i.serial },
            { label: t('instruments.procedure'), value: i.procedure_code },
            { label: t('verifications.stage'), value: term('verifications.stages', o.stage) },
            { label: t('verifications.applied_at'), value: sayTime(o.applied_at, language) },
            { label: t('verifications.due_on'), value: o.due_on && `${sayDay(o.due_on, language)}${o.due_provisional ? ` (${t('verifications.provisional')})` : ''}` },
            { label: t('verifications.waived_fee'), value: `¥ ${o.waived_fee} · ${o.waived_basis}` },
            { label: t('verifications.wish'), value: o.wish },
            ...(o.refusal ? [{ label: t('verifications.refusal'), value: o.refusal }] : []),
          ]}
        />
      </Panel>
      {step === 'record' && <RecordForm number={o.number} etag={read.etag} again={(read.value.records ?? []).length > 0} onDone={done} />}
      {step !== 'record' && <Records detail={read.value} />}
      <Panel title={t('documents.history')}>
        <Timeline
          label={t('documents.history')}
          entries={(read.value.history ?? []).map((e) => ({ key: e.id, title: term('events', e.kind), at: e.at, by: e.actor || t('role.system'), body: <code>{e.hash}</code> }))}
        />
      </Panel>
      <DecideDrawer open={step === 'accept' || step === 'refuse'} accept={step === 'accept'} number={o.number} etag={read.etag} onClose={done} />
      <ReturnDrawer open={step === 'return'} number={o.number} etag={read.etag} onClose={done} />
      {step === 'check' && <CheckDialog number={o.number} etag={read.etag} onDone={done} />}
      {step === 'approve' && <ApproveDialog number={o.number} etag={read.etag} documents={documents} onDone={done} />}
    </>
  )
}

/** Whether the approval of a record would issue a document: an in-use inspection that passes issues none. */
function awaitsApproval(r: NonNullable<Detail['records']>[number], stage: string) {
  return !r.approved_at && !r.return_reason && r.conclusion !== 'undetermined' && !(stage === 'inspection' && r.conclusion === 'pass')
}

function Records({ detail }: { detail: Detail }) {
  const { t, language } = useLanguage()
  const { session } = useSession()
  const { number, stage } = detail.order
  const staff = !session.roles.includes('business')
  return (detail.records ?? []).map((r, latest) => (
    <Panel
      key={r.id}
      title={<>{r.record_number} <StatusTag kind="verdict" state={r.conclusion} /></>}
      actions={staff && latest === 0 && awaitsApproval(r, stage) && <a href={`/api/v1/verification-orders/${number}/document-draft`} target="_blank" rel="noreferrer">{t('documents.preview')}</a>}
    >
      <Facts
        facts={[
          { label: t('verifications.verified_on'), value: sayDay(r.verified_on, language) },
          { label: t('documents.valid_until'), value: r.valid_until && sayDay(r.valid_until, language) },
          { label: t('instruments.procedure'), value: r.procedure },
          { label: t('verifications.standard'), value: r.standard },
          { label: t('verifications.equipment'), value: (r.equipment ?? []).map((u) => `${u.equipment.name} ${u.certificate.number}`).join(language === 'zh' ? '，' : ', ') },
          { label: t('verifications.environment'), value: [r.place, `${r.temperature} °C`, `${r.humidity} %RH`].join(language === 'zh' ? '，' : ', ') },
          { label: t('verifications.verifier'), value: `${r.verifier} ${sayTime(r.verified_at, language)}` },
          { label: t('verifications.checker'), value: r.checked_at && `${r.checker ?? ''} ${sayTime(r.checked_at, language)}` },
          { label: t('verifications.approver'), value: r.approved_at && `${r.approver ?? ''} ${sayTime(r.approved_at, language)}` },
          ...[
            { label: t('verifications.reason'), value: r.reason },
            { label: t('verifications.returned'), value: r.return_reason },
          ].filter(({ value }) => value),
        ]}
      />
      <EvaluationView evaluation={r.evaluation as Evaluation} />
    </Panel>
  ))
}

interface SignProps {
  number: string
  etag: string
  onDone: () => void
}

function CheckDialog({ number, etag, onDone }: SignProps) {
  const { t } = useLanguage()
  const queries = useQueryClient()
  return (
    <SignDialog
      open
      meaning={t('verifications.check_meaning', { number })}
      action={t('verifications.check')}
      submit={({ password }) =>
        answer(api.POST('/api/v1/verification-orders/{number}/check', { params: { path: { number }, header: ifMatch(etag) }, body: { password } }))
      }
      onOutdated={() => queries.invalidateQueries({ queryKey: ['verification-orders'] })}
      onSigned={async () => {
        await queries.invalidateQueries({ queryKey: ['verification-orders'] })
        onDone()
      }}
      onCancel={onDone}
    >
      <p>{t('verifications.check_explain')}</p>
    </SignDialog>
  )
}

function ApproveDialog({ number, etag, documents, onDone }: SignProps & { documents: string }) {
  const { t } = useLanguage()
  const queries = useQueryClient()
  const navigate = useNavigate()
  return (
    <SignDialog
      open
      meaning={t('verifications.approve_meaning', { number })}
      action={t('verifications.approve')}
      submit={({ password }) =>
        answer(api.POST('/api/v1/verification-orders/{number}/approve', { params: { path: { number }, header: ifMatch(etag) }, body: { password } }))
      }
      onOutdated={() => queries.invalidateQueries({ queryKey: ['verification-orders'] })}
      onSigned={async (document) => {
        await queries.invalidateQueries()
        onDone()
        await navigate(`${documents}/${document.number}`)
      }}
      onCancel={onDone}
    >
      <p>{t('verifications.approve_explain')}</p>
    </SignDialog>
  )
}
