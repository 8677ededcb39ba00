import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Input, Select } from 'antd'
import { useEffect, useMemo, useState } from 'react'
import { answer, api } from '../api/client'
import { ifMatch } from '../api/form_key'
import { Problem } from '../api/problem'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { useLeaveGuard } from '../shared/form/leave_guard'
import { placeProblems, type FieldName } from '../shared/form/field_path'
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
  if (plan.error && !plan.data) return <ErrorNotice problem={plan.error} onRetry={() => void plan.refetch()} />
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
  const { t, language } = useLanguage()
  const items = useMemo(() => plan.items ?? [], [plan])
  const [draft, setDraft] = useState<Draft>(() => emptyDraft(items))
  const [signing, setSigning] = useState<Recording>()
  const [form] = Form.useForm<Circumstances>()
  const values = Form.useWatch([], form)
  const readings = useMemo(() => readingsOf(draft), [draft])
  const { modal } = App.useApp()
  const dirty = Object.keys(readings).length > 0
  useLeaveGuard(dirty)

  function cancel() {
    if (!dirty && !form.isFieldsTouched()) return onDone()
    modal.confirm({
      title: t('form.discard'),
      content: t('form.discard_explain'),
      okText: t('form.discard_yes'),
      okButtonProps: { danger: true },
      cancelText: t('form.discard_no'),
      onOk: onDone,
    })
  }

  /** What the server finds in the record stands at its fields, beside being told where it was signed. */
  function showFaults({ fields }: Problem) {
    const known: FieldName[] = form.getFieldsError().map(({ name }) => name)
    const { shown } = placeProblems(fields, known)
    form.setFields(shown.map(({ name, problems }) => ({ name: name as [keyof Circumstances], errors: problems.map((each) => each[language]) })))
  }

  return (
    <Panel title={`${t('verifications.record')} · ${plan.edition.title}`}>
      <CircumstancesForm plan={plan} again={again} form={form} onFinish={(v) => setSigning({ ...v, readings })} />
      {items.map((item) => (
        <ItemForm key={item.id} item={item} unit={plan.unit} draft={draft} onDraft={setDraft} />
      ))}
      <Preview number={number} circumstances={values} readings={readings} />
      <div className="hj-actions">
        <Button onClick={cancel}>{t('action.cancel')}</Button>
        <Button type="primary" onClick={() => form.submit()}>
          {t('verifications.sign_record')}
        </Button>
      </div>
      {signing && <RecordDialog number={number} etag={etag} recording={signing} onFaults={showFaults} onClose={() => setSigning(undefined)} onDone={onDone} />}
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
    <Form<Circumstances> form={form} className={styles.circumstances} layout="vertical" initialValues={initial} scrollToFirstError={{ focus: true, block: 'center' }} onFinish={onFinish}>
      <Form.Item name="standard_id" label={t('verifications.standard')} rules={[{ required: true, message: t('verifications.missing', { label: t('verifications.standard') }) }]}>
        <Select options={standards} />
      </Form.Item>
      <Form.Item name="equipment_ids" label={t('verifications.equipment')} rules={[{ required: true, message: t('verifications.missing', { label: t('verifications.equipment') }) }]}>
        <Select mode="multiple" options={equipment} />
      </Form.Item>
      <Form.Item name="verified_on" label={t('verifications.verified_on')} rules={[{ required: true, message: t('verifications.missing', { label: t('verifications.verified_on') }) }]}>
        <Input type="date" />
      </Form.Item>
      <Form.Item name="place" label={t('verifications.place')} rules={[{ required: true, message: t('verifications.missing', { label: t('verifications.place') }) }]} initialValue="">
        <Input />
      </Form.Item>
      <Form.Item name="temperature" label={t('verifications.temperature')} rules={[{ required: true, message: t('verifications.missing', { label: t('verifications.temperature') }) }]} initialValue="">
        <Input inputMode="decimal" />
      </Form.Item>
      <Form.Item name="humidity" label={t('verifications.humidity')} rules={[{ required: true, message: t('verifications.missing', { label: t('verifications.humidity') }) }]} initialValue="">
        <Input inputMode="decimal" />
      </Form.Item>
      <Form.Item name="adjusted" label={t('verifications.adjusted')}>
        <Input />
      </Form.Item>
      {again && (
        <Form.Item name="reason" label={t('verifications.reason')} rules={[{ required: true, message: t('verifications.missing', { label: t('verifications.reason') }) }]}>
          <Input />
        </Form.Item>
      )}
    </Form>
  )
}

interface PreviewProps {
  number: string
  /** Undefined until the form is there. */
  circumstances: Partial<Circumstances> | undefined
  readings: Record<string, unknown>
}

const pause = 500

/** The verdicts of what has been typed so far, computed by the server. */
function Preview({ number, circumstances, readings }: PreviewProps) {
  const { t } = useLanguage()
  const { temperature = '', humidity = '', equipment_ids, verified_on = '' } = circumstances ?? {}
  const asked = useMemo(
    () => ({ temperature, humidity, readings, equipment_ids: equipment_ids ?? [], verified_on }),
    [temperature, humidity, readings, equipment_ids, verified_on],
  )
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
          body: { standard_id: '', place: '', ...settled },
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
  onFaults: (problem: Problem) => void
  onClose: () => void
  onDone: () => void
}

function RecordDialog({ number, etag, recording, onFaults, onClose, onDone }: RecordDialogProps) {
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
        ).catch((problem: unknown) => {
          if (problem instanceof Problem) onFaults(problem)
          throw problem
        })
      }
      onOutdated={() => queries.invalidateQueries({ queryKey: ['verification-orders'] })}
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
