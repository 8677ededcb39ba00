import { DownloadOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { answer, api } from '../api/client'
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
import { PapersPanel } from './PapersPanel'
import { mayRevoke } from './revokers'

type Detail = components['schemas']['CertificatesDetail']

/** How often a document is asked for whose file is not finished yet, in milliseconds. */
const unfinishedPoll = 2_000

/** One document: what it says, what it is worth, its public page, and its revocation. */
export function DocumentView({ above, staff }: { above: { label: string; to: string }; staff: boolean }) {
  const { number = '' } = useParams()
  const { t, term, language } = useLanguage()
  const found = useQuery({
    queryKey: ['documents', number],
    queryFn: () => answer(api.GET('/api/v1/documents/{number}', { params: { path: { number } } })),
    refetchInterval: (query) => (query.state.data?.document.file_hash === '' ? unfinishedPoll : false),
  })
  if (!found.data) {
    return (
      <>
        <PageHeader title={number} above={[above]} />
        {found.error ? <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} /> : <Waiting />}
      </>
    )
  }
  const { document: d, url } = found.data
  return (
    <>
      <PageHeader
        title={`${term('documents.kinds', d.kind)} · ${d.title}`}
        above={[above]}
        beside={<StatusTag kind="document" state={d.status} />}
        lead={<CopyNumber number={d.number} />}
        actions={
          <>
            {staff && <Link to={`/trace?number=${d.number}`}>{t('documents.trace')}</Link>}
            {(d.status === 'superseded' || d.status === 'revoked') && <Button href={`/api/v1/documents/${d.number}/copy`}>{t('documents.copy')}</Button>}
            <Button type="primary" icon={<DownloadOutlined aria-hidden />} href={`/api/v1/documents/${d.number}/pdf`}>
              {t('documents.download')}
            </Button>
          </>
        }
      />
      <Panel>
        <Facts
          facts={[
            { label: t('documents.holder'), value: d.holder },
            { label: t('documents.subject_number'), value: d.subject_number },
            { label: t('documents.conclusion'), value: <StatusTag kind="verdict" state={d.conclusion} /> },
            { label: t('documents.issued_on'), value: sayDay(d.issued_on, language) },
            { label: t('documents.valid_until'), value: d.valid_until && sayDay(d.valid_until, language) },
            { label: t('documents.supersedes'), value: d.supersedes && <Link to={`${above.to}/${d.supersedes}`}>{d.supersedes}</Link> },
            { label: t('documents.superseded_by'), value: d.superseded_by && <Link to={`${above.to}/${d.superseded_by}`}>{d.superseded_by}</Link> },
            { label: t('documents.public_page'), value: <a href={`/v/${d.code}`}>{url}</a> },
            { label: t('documents.hash'), value: d.file_hash === '' ? t('documents.unfinished') : <code>{d.file_hash}</code> },
            {
              label: t('documents.ledger'),
              value: d.log_index === undefined ? undefined : (
                <a href={`/v/${d.code}/compare?lang=${language}`}>
                  {t('documents.log_index', { index: d.log_index })} · {t('documents.compare')}
                </a>
              ),
            },
          ]}
        />
      </Panel>
      <PapersPanel document={d} staff={staff} />
      {staff && <Revocation detail={found.data} />}
      {staff && (
        <Panel title={t('documents.history')}>
          <Timeline
            label={t('documents.history')}
            entries={(found.data.history ?? []).map((e) => ({ key: e.id, title: term('events', e.kind), at: e.at, by: e.actor || t('role.system'), body: <code>{e.hash}</code> }))}
          />
        </Panel>
      )}
    </>
  )
}

/** Revocation by two people: one asks with a reason, another confirms or declines. */
function Revocation({ detail }: { detail: Detail }) {
  const { t, language } = useLanguage()
  const { session } = useSession()
  const [step, setStep] = useState<'none' | 'ask' | 'confirm' | 'decline'>('none')
  const r = detail.revocation
  const may = mayRevoke(session.roles, detail.document.kind)
  const open = r?.state === 'requested'
  if (!r && !may) return null
  return (
    <Panel
      title={t('documents.revocation')}
      actions={
        may && (
          <div className="hj-actions">
            {open && r.requested_by !== session.id && (
              <>
                <Button onClick={() => setStep('decline')}>{t('documents.decline')}</Button>
                <Button danger type="primary" onClick={() => setStep('confirm')}>
                  {t('documents.confirm')}
                </Button>
              </>
            )}
            {!open && detail.document.status !== 'revoked' && (
              <Button danger onClick={() => setStep('ask')}>
                {t('documents.revoke')}
              </Button>
            )}
          </div>
        )
      }
    >
      {r ? (
        <Facts
          facts={[
            { label: t('documents.status'), value: <StatusTag kind="revocation" state={r.state} /> },
            { label: t('documents.reason'), value: r.reason },
            { label: t('documents.requested'), value: `${r.requester} ${sayTime(r.requested_at, language)}` },
            { label: t('documents.decided'), value: r.decided_at && `${r.decider ?? ''} ${sayTime(r.decided_at, language)}` },
          ]}
        />
      ) : (
        <p>{t('documents.revoke_explain')}</p>
      )}
      {open && r.requested_by === session.id && <p>{t('documents.waiting_own')}</p>}
      {step === 'ask' && <AskDialog number={detail.document.number} onDone={() => setStep('none')} />}
      {(step === 'confirm' || step === 'decline') && (
        <DecideDialog number={detail.document.number} reason={r?.reason ?? ''} confirm={step === 'confirm'} onDone={() => setStep('none')} />
      )}
    </Panel>
  )
}

function AskDialog({ number, onDone }: { number: string; onDone: () => void }) {
  const { t } = useLanguage()
  const refresh = useRefresh(number)
  const [reason, setReason] = useState('')
  return (
    <SignDialog
      open
      meaning={t('documents.revoke_meaning', { number })}
      action={t('documents.revoke')}
      submit={({ password }) =>
        answer(api.POST('/api/v1/documents/{number}/revoke', { params: { path: { number } }, body: { password, reason } }))
      }
      onSigned={async () => {
        await refresh()
        onDone()
      }}
      onCancel={onDone}
    >
      <Form layout="vertical">
        <Form.Item label={t('documents.reason')} htmlFor="revocation-reason" required>
          <Input.TextArea id="revocation-reason" rows={3} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Form.Item>
      </Form>
    </SignDialog>
  )
}

function DecideDialog({ number, reason, confirm, onDone }: { number: string; reason: string; confirm: boolean; onDone: () => void }) {
  const { t } = useLanguage()
  const refresh = useRefresh(number)
  return (
    <SignDialog
      open
      meaning={t(confirm ? 'documents.confirm_meaning' : 'documents.decline_meaning', { number })}
      action={t(confirm ? 'documents.confirm' : 'documents.decline')}
      submit={({ password }) =>
        answer(api.POST('/api/v1/documents/{number}/decide-revocation', { params: { path: { number } }, body: { password, confirm } }))
      }
      onSigned={async () => {
        await refresh()
        onDone()
      }}
      onCancel={onDone}
    >
      <p>{reason}</p>
    </SignDialog>
  )
}

function useRefresh(number: string) {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: ['documents', number] })
}
