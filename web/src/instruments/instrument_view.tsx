import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useNavigate, useParams } from 'react-router'
import { answer, api, file } from '../api/client'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { CopyNumber } from '../shared/CopyNumber'
import { ErrorNotice } from '../shared/ErrorNotice'
import { Facts } from '../shared/Facts'
import { FormDrawer } from '../shared/form/FormDrawer'
import { useApiForm } from '../shared/form/use_api_form'
import { LabelButton } from '../shared/labels/LabelButton'
import { DataTable } from '../shared/list/DataTable'
import { PageHeader } from '../shared/PageHeader'
import { Panel } from '../shared/Panel'
import { StatusTag } from '../shared/StatusTag'
import { sayDay, sayTime } from '../shared/time'
import { Waiting } from '../shared/Waiting'
import { sayParameter } from './parameter_words'

type Application = components['schemas']['InstrumentsApplication']
type Order = components['schemas']['InstrumentsOrder']

interface ViewProps {
  above: { label: string; to: string }
  /** Where the pages of orders are. */
  orders: string
}

/** Who puts labels on instruments. */
const labellers = ['verifier', 'checker', 'approver']

/** One instrument: what it is, until when it is verified, and its orders. */
export function InstrumentView({ above, orders }: ViewProps) {
  const { number = '' } = useParams()
  const { t, term, language } = useLanguage()
  const { session } = useSession()
  const [applying, setApplying] = useState(false)
  const found = useQuery({
    queryKey: ['instruments', number],
    queryFn: () => answer(api.GET('/api/v1/instruments/{number}', { params: { path: { number } } })),
  })
  const code = found.data?.procedure_code ?? ''
  const procedure = useQuery({
    queryKey: ['procedures', code],
    enabled: code !== '',
    queryFn: () => answer(api.GET('/api/v1/procedures/{code}', { params: { path: { code } } })),
  })
  const known = procedure.data?.definition.parameters ?? []
  if (!found.data) {
    return (
      <>
        <PageHeader title={number} above={[above]} />
        {found.error ? <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} /> : <Waiting />}
      </>
    )
  }
  const i = found.data
  const may = session.roles.some((role) => role === 'business' || role === 'verifier' || role === 'administrator')
  const parameters = Object.entries(i.parameters as Record<string, string>)
  return (
    <>
      <PageHeader
        title={`${i.name} ${i.model}`}
        above={[above]}
        beside={<StatusTag kind="instrument" state={i.state} />}
        lead={<CopyNumber number={i.number} />}
        actions={
          <>
            {session.roles.some((role) => labellers.includes(role)) && (
              <LabelButton
                draw={(choice) =>
                  file(api.GET('/api/v1/instruments/{number}/label.pdf', { params: { path: { number }, query: choice }, parseAs: 'blob' }))
                }
              />
            )}
            {may && (
              <Button type="primary" onClick={() => setApplying(true)}>
                {t('verifications.apply')}
              </Button>
            )}
          </>
        }
      />
      <Panel>
        <Facts
          facts={[
            { label: t('instruments.owner'), value: i.business },
            { label: t('instruments.serial'), value: i.serial },
            { label: t('instruments.maker'), value: i.maker },
            { label: t('instruments.range'), value: i.range },
            { label: t('instruments.accuracy_class'), value: i.accuracy_class },
            { label: t('instruments.procedure'), value: i.procedure_code },
            { label: t('instruments.place'), value: `${i.street} ${i.place}` },
            { label: t('instruments.purpose'), value: term('instruments.purposes', i.purpose) },
            { label: t('instruments.mode'), value: term('instruments.modes', i.mode) },
            { label: t('instruments.parameters'), value: parameters.map(([name, value]) => sayParameter(name, value, known, language, t)).join(language === 'zh' ? '，' : ', ') },
            { label: t('instruments.verified_on'), value: i.verified_on && sayDay(i.verified_on, language) },
            { label: t('instruments.last'), value: i.conclusion && <StatusTag kind="verdict" state={i.conclusion} /> },
            { label: t('documents.valid_until'), value: i.valid_until && sayDay(i.valid_until, language) },
            { label: t('instruments.filed_at'), value: sayTime(i.filed_at, language) },
          ]}
        />
      </Panel>
      <OrdersOf number={i.number} base={orders} />
      <ApplyDrawer open={applying} instrument={i.number} base={orders} onClose={() => setApplying(false)} />
    </>
  )
}

function OrdersOf({ number, base }: { number: string; base: string }) {
  const { t, term, language } = useLanguage()
  const found = useQuery({
    queryKey: ['verification-orders', 'of', number],
    queryFn: () => answer(api.GET('/api/v1/verification-orders', { params: { query: { instrument: number } } })),
  })
  const rows = found.data?.items ?? []
  return (
    <Panel title={t('nav.verifications')}>
      {rows.length === 0 ? (
        <p>{t('verifications.none_explain')}</p>
      ) : (
        <DataTable<Order>
          label={t('nav.verifications')}
          columns={[
            { key: 'number', title: t('verifications.number'), render: (o) => o.number, width: 190 },
            { key: 'stage', title: t('verifications.stage'), render: (o) => term('verifications.stages', o.stage) },
            { key: 'applied', title: t('verifications.applied_at'), render: (o) => sayTime(o.applied_at, language) },
            { key: 'state', title: t('verifications.state'), render: (o) => <StatusTag kind="verification" state={o.state} />, width: 120 },
          ]}
          rows={rows}
          rowKey={(o) => o.id}
          to={(o) => `${base}/${o.number}`}
        />
      )}
    </Panel>
  )
}

interface ApplyProps {
  open: boolean
  instrument: string
  base: string
  onClose: () => void
}

function ApplyDrawer({ open, instrument, base, onClose }: ApplyProps) {
  const { t, term } = useLanguage()
  const navigate = useNavigate()
  const form = useApiForm<Application, Order>({
    submit: (values, key) =>
      answer(api.POST('/api/v1/verification-orders', { headers: key.header, body: { ...values, wish: values.wish ?? '', instrument } })),
    onDone: async (order) => {
      onClose()
      await navigate(`${base}/${order.number}`)
    },
  })
  const stages = ['initial', 'subsequent', 'inspection'].map((value) => ({ value, label: term('verifications.stages', value) }))
  return (
    <FormDrawer<Application>
      open={open}
      title={t('verifications.apply')}
      action={t('verifications.apply')}
      api={form}
      initial={{ stage: 'subsequent', wish: '' }}
      onClose={onClose}
    >
      <p>{t('verifications.free')}</p>
      <Form.Item name="stage" label={t('verifications.stage')} required>
        <Select options={stages} />
      </Form.Item>
      <Form.Item name="wish" label={t('verifications.wish')}>
        <Input.TextArea rows={3} />
      </Form.Item>
      <Form.Item name="bilingual" valuePropName="checked">
        <Checkbox>{t('verifications.bilingual')}</Checkbox>
      </Form.Item>
    </FormDrawer>
  )
}
