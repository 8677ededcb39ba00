import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { answer, api } from '../api/client'
import { ifMatch } from '../api/form_key'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { SignDialog } from '../shared/form/SignDialog'
import { Panel } from '../shared/Panel'
import { StatusTag } from '../shared/StatusTag'
import { Waiting } from '../shared/Waiting'
import { EvaluationView } from './evaluation_view'
import styles from './evaluation_view.module.css'
import { ItemForm } from './item_form'
import { emptyDraft, readingsOf, type Draft } from './readings'

type Plan = components['schemas']['InstrumentsPlan']
type Recording = components['schemas']['InstrumentsRecording']

interface RecordFormProps {
  number: string
  etag: string
  /** Whether a record is there already: the next one needs a reason. */
  again: boolean
  onDone: () => void
}

/** The guided record of a verification: the points of the procedure, the readings, and their verdicts as one types. */
export function RecordForm(props: RecordFormProps) {
  const plan = useQuery({
    queryKey: ['verification-points', props.number],
    queryFn: () => answer(api.GET('/api/v1/verification-orders/{number}/points', { params: { path: { number: props.number } } })),
  })
  if (plan.error) return <ErrorNotice problem={plan.error} onRetry={() => void plan.refetch()} />
  if (!plan.data) return <Waiting />
  return <Recorder {...props} plan={plan.data} />
}

interface Circumstances {
  standard_id: string
  equipment_ids: string[]
  verified_on: string
  place: string
  temperature: string
  humidity: string
  adjusted: string
  reason: string
}

function Recorder({ number, etag, again, onDone, plan }: RecordFormProps & { plan: Plan }) {
  const { t } = useLanguage()
  const items = useMemo(() => plan.items ?? [], [plan])
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(items))
  const [signing, setSigning] = useState<Recording>()
  const [form] = Form.useForm<Circumstances>()
  const values = Form.useWatch([], form)
  const readings = useMemo(() => readingsOf(draft), [draft])
  return (
    <Panel title={`${t('verifications.record')} · ${plan.edition.title}`}>
      <CircumstancesForm plan={plan} again={again} form={form} onFinish={(v) => setSigning({ ...v, readings })} />
      {items.map((item) => (
        <ItemForm key={item.id} item={item} unit={plan.unit} draft={draft} onDraft={setDraft} />
      ))}
      <Preview number={number} temperature={values?.temperature ?? ''} humidity={values?.humidity ?? ''} readings={readings} />
      <div className="hj-actions">
        <Button onClick={onDone}>{t('action.cancel')}</Button>
        <Button type="primary" onClick={() => form.submit()}>
          {t('verifications.sign_record')}
        </Button>
      </div>
      {signing && <RecordDialog number={number} etag={etag} recording={signing} onClose={() => setSigning(undefined)} onDone={onDone} />}
    </Panel>
  )
}

interface CircumstancesProps {
  plan: Plan
  again: boolean
  form: ReturnType<typeof Form.useForm<Circumstances>>[0]
  onFinish: (values: Circumstances) => void
}

function CircumstancesForm({ plan, again, form, onFinish }: CircumstancesProps) {
  const { t } = useLanguage()
  const standards = (plan.standards ?? []).map((s) => ({ value: s.id, label: `${s.name} ${s.certificate}` }))
  const equipment = (plan.equipment ?? []).map((e) => ({
    value: e.id,
    label: `${e.name} ${e.number} · ${e.valid_until ? `${t('documents.valid_until')} ${e.valid_until}` : t('verifications.no_certificate')}`,
  }))
  const today = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)
  const initial = { standard_id: standards[0]?.value, equipment_ids: equipment.map((e) => e.value), verified_on: today, adjusted: '', reason: '' }
  return (
    <Form<Circumstances> form={form} className={styles.circumstances} layout="vertical" initialValues={initial} onFinish={onFinish}>
      <Form.Item name="standard_id" label={t('verifications.standard')} required>
        <Select options={standards} />
      </Form.Item>
      <Form.Item name="equipment_ids" label={t('verifications.equipment')} required>
        <Select mode="multiple" options={equipment} />
      </Form.Item>
      <Form.Item name="verified_on" label={t('verifications.verified_on')} required>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="place" label={t('verifications.place')} required initialValue="">
        <Input />
      </Form.Item>
      <Form.Item name="temperature" label={t('verifications.temperature')} required initialValue="">
        <Input inputMode="decimal" />
      </Form.Item>
      <Form.Item name="humidity" label={t('verifications.humidity')} required initialValue="">
        <Input inputMode="decimal" />
      </Form.Item>
      <Form.Item name="adjusted" label={t('verifications.adjusted')}>
        <Input />
      </Form.Item>
      {again && (
        <Form.Item name="reason" label={t('verifications.reason')} required>
          <Input />
        </Form.Item>
      )}
    </Form>
  )
}

interface PreviewProps {
  number: string
  temperature: string
  humidity: string
  readings: Record<string, unknown>
}

const pause = 500

/** The verdicts of what has been typed so far, computed by the server. */
function Preview({ number, temperature, humidity, readings }: PreviewProps) {
  const { t } = useLanguage()
  const asked = useMemo(() => ({ temperature, humidity, readings }), [temperature, humidity, readings])
  const [settled, setSettled] = useState(asked)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(asked), pause)
    return () => clearTimeout(timer)
  }, [asked])
  const preview = useQuery({
    queryKey: ['verification-preview', number, settled],
    enabled: Object.keys(settled.readings).length > 0,
    placeholderData: (before) => before,
    queryFn: () =>
      answer(
        api.POST('/api/v1/verification-orders/{number}/preview', {
          params: { path: { number } },
          body: { standard_id: '', equipment_ids: [], verified_on: '', place: '', ...settled },
        }),
      ),
  })
  if (preview.error) return <ErrorNotice problem={preview.error} />
  if (!preview.data) return null
  return (
    <section aria-live="polite">
      <h3>
        {t('verifications.preview')} <StatusTag kind="verdict" state={preview.data.conclusion} />
      </h3>
      <EvaluationView evaluation={preview.data} />
    </section>
  )
}

interface RecordDialogProps {
  number: string
  etag: string
  recording: Recording
  onClose: () => void
  onDone: () => void
}

function RecordDialog({ number, etag, recording, onClose, onDone }: RecordDialogProps) {
  const { t } = useLanguage()
  const queries = useQueryClient()
  return (
    <SignDialog
      open
      meaning={t('verifications.record_meaning', { number })}
      action={t('verifications.sign_record')}
      submit={({ password }, key) =>
        answer(
          api.POST('/api/v1/verification-orders/{number}/record', {
            params: { path: { number } },
            headers: { ...ifMatch(etag), ...key.header },
            body: { password, record: recording },
          }),
        )
      }
      onSigned={async () => {
        await queries.invalidateQueries({ queryKey: ['verification-orders'] })
        onDone()
      }}
      onCancel={onClose}
    >
      <p>{t('verifications.record_explain')}</p>
    </SignDialog>
  )
}
