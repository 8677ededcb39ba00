import { UploadOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { useRef, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { answer, api } from '../api/client'
import { FormKey } from '../api/form_key'
import { Problem } from '../api/problem'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { Facts } from '../shared/Facts'
import { useApiForm } from '../shared/form/use_api_form'
import { PageHeader } from '../shared/PageHeader'
import { Panel } from '../shared/Panel'
import { sayDay } from '../shared/time'
import styles from './analyses.module.css'
import { storeFile, useDevices, useProfiles, type ImportPreview, type ImportRequest } from './analyses_api'
import { ImportJob } from './ImportJob'
import { OutcomeTable } from './OutcomeTable'

interface Previewed {
  request: ImportRequest
  preview: ImportPreview
}

/** Takes an instrument file in: what would become of each row is shown first; what became of it stays to be read. */
export default function ImportPage() {
  const { t } = useLanguage()
  const [address] = useSearchParams()
  const job = address.get('job')
  return (
    <>
      <PageHeader title={t('analyses.import.title')} lead={t('analyses.import.lead')} above={[{ label: t('nav.analyses'), to: '/analyses' }]} />
      {job === null ? <NewImport /> : <ImportJob id={job} />}
    </>
  )
}

function NewImport() {
  const [previewed, setPreviewed] = useState<Previewed>()
  return (
    <>
      <ImportForm onPreview={setPreviewed} onChange={() => setPreviewed(undefined)} />
      {previewed && <Preview {...previewed} />}
    </>
  )
}

interface ImportFormProps {
  onPreview: (previewed: Previewed) => void
  onChange: () => void
}

function ImportForm({ onPreview, onChange }: ImportFormProps) {
  const { t, language } = useLanguage()
  const profiles = useProfiles()
  const devices = useDevices()
  const form = useApiForm<ImportRequest, Previewed>({
    submit: async (request) => ({ request, preview: await answer(api.POST('/api/v1/imports/preview', { body: request })) }),
    onDone: onPreview,
  })
  const until = (day: string | undefined) => (day === undefined ? '' : ` · ${t('analyses.import.until', { day: sayDay(day, language) })}`)
  return (
    <Panel title={t('analyses.import.file')}>
      {form.problem && <ErrorNotice problem={form.problem} fields={form.rest} />}
      <Form<ImportRequest> form={form.form} layout="vertical" onValuesChange={onChange} onFinish={form.send}>
        <Form.Item name="file_hash" label={t('analyses.import.file')} rules={[{ required: true, message: t('analyses.import.file_missing') }]}>
          <InstrumentFile />
        </Form.Item>
        <div className={styles.fields}>
          <Form.Item name="equipment_id" label={t('analyses.import.equipment')} rules={[{ required: true, message: t('analyses.import.equipment_missing') }]}>
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              loading={devices.isPending}
              options={(devices.data ?? []).map((each) => ({ value: each.id, label: `${each.name} · ${each.number}${until(each.valid_until)}` }))}
            />
          </Form.Item>
          <Form.Item name="measured_on" label={t('analyses.import.measured_on')} rules={[{ required: true, message: t('analyses.import.measured_on_missing') }]}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="profile" label={t('analyses.import.profile')}>
            <Select
              allowClear
              showSearch={{ optionFilterProp: 'label' }}
              placeholder={t('analyses.import.profile_found')}
              options={(profiles.data ?? []).map((each) => ({ value: each.key, label: each[language] }))}
            />
          </Form.Item>
        </div>
        <Button htmlType="submit" type="primary" loading={form.pending}>
          {t('analyses.import.preview')}
        </Button>
      </Form>
    </Panel>
  )
}

interface InstrumentFileProps {
  id?: string
  value?: string
  onChange?: (hash: string) => void
}

function InstrumentFile({ id, value, onChange }: InstrumentFileProps) {
  const { t } = useLanguage()
  const input = useRef<HTMLInputElement>(null)
  const upload = useMutation({ mutationFn: storeFile, onSuccess: (stored) => onChange?.(stored.hash) })
  return (
    <div>
      <input
        ref={input}
        type="file"
        style={{ display: 'none' }}
        data-testid="instrument-file"
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) upload.mutate(file)
        }}
      />
      <div className={styles.file}>
        <Button id={id} icon={<UploadOutlined aria-hidden />} loading={upload.isPending} onClick={() => input.current?.click()}>
          {t('analyses.import.choose')}
        </Button>
        {value && upload.data && <span>{t('analyses.import.stored', { name: upload.data.name, size: upload.data.size })}</span>}
      </div>
      {upload.error && <ErrorNotice problem={upload.error} />}
    </div>
  )
}

function Preview({ request, preview }: Previewed) {
  const { t, language } = useLanguage()
  const navigate = useNavigate()
  const profiles = useProfiles()
  const [key] = useState(() => new FormKey())
  const start = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/imports', { body: { ...request, profile: preview.profile }, headers: key.header })),
    onSettled: (_job, problem) => key.settle(problem instanceof Problem ? problem : undefined),
    onSuccess: (job) => void navigate(`/analyses/import?job=${encodeURIComponent(job.id)}`),
  })
  const { report } = preview
  const profile = profiles.data?.find((each) => each.key === preview.profile)
  return (
    <Panel
      title={t('analyses.import.previewed')}
      actions={
        <Button type="primary" disabled={report.imported === 0} loading={start.isPending} onClick={() => start.mutate()}>
          {t('analyses.import.start', { count: report.imported })}
        </Button>
      }
    >
      <Facts
        facts={[
          { label: t('analyses.import.profile'), value: profile?.[language] ?? preview.profile },
          { label: t('analyses.import.encoding'), value: preview.encoding },
          { label: t('analyses.import.would_import'), value: report.imported },
          { label: t('analyses.import.would_list'), value: report.listed },
        ]}
      />
      {start.error && <ErrorNotice problem={start.error} onRetry={() => start.mutate()} />}
      {(preview.faults ?? []).length > 0 && (
        <ul className={styles.faults}>
          {(preview.faults ?? []).map((fault) => (
            <li key={`${fault.code} ${fault.zh}`}>{fault[language]}</li>
          ))}
        </ul>
      )}
      <OutcomeTable rows={report.rows ?? []} preview />
    </Panel>
  )
}
