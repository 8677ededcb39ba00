import { UploadOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Select } from 'antd'
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
import { storeFile, useDevices, useOpenWork, useProfiles, type ImportPreview, type ImportRequest } from './analyses_api'
import { ImportJob } from './ImportJob'
import { namesToMatch, noNames, requestOf, sameNames, type FileNames } from './import_names'
import { NamesForm } from './NamesForm'
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
  const [names, setNames] = useState(noNames)
  function change(otherFile: boolean) {
    setPreviewed(undefined)
    if (otherFile) setNames(noNames)
  }
  return (
    <>
      <ImportForm names={names} onPreview={setPreviewed} onChange={change} />
      {previewed && <Preview {...previewed} names={names} onNames={setNames} onPreview={setPreviewed} />}
    </>
  )
}

/** What would become of each row. */
async function preview(request: ImportRequest): Promise<Previewed> {
  return { request, preview: await answer(api.POST('/api/v1/imports/preview', { body: request })) }
}

interface ImportFormProps {
  /** How the file's names were matched; they stay when something else is changed. */
  names: FileNames
  onPreview: (previewed: Previewed) => void
  onChange: (otherFile: boolean) => void
}

function ImportForm({ names, onPreview, onChange }: ImportFormProps) {
  const { t, language } = useLanguage()
  const profiles = useProfiles()
  const devices = useDevices()
  const form = useApiForm<ImportRequest, Previewed>({
    submit: (request) => preview(requestOf(request, names)),
    onDone: onPreview,
  })
  const until = (day: string | undefined) => (day === undefined ? '' : ` · ${t('analyses.import.until', { day: sayDay(day, language) })}`)
  return (
    <Panel title={t('analyses.import.file')}>
      {form.problem && <ErrorNotice problem={form.problem} fields={form.rest} />}
      <Form<ImportRequest> form={form.form} layout="vertical" onValuesChange={(changed) => onChange('file_hash' in changed)} onFinish={form.send}>
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
        <Form.Item name="ignore_dates" valuePropName="checked" extra={t('analyses.import.ignore_dates_explain')}>
          <Checkbox>{t('analyses.import.ignore_dates')}</Checkbox>
        </Form.Item>
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
        <Button id={id} aria-label={t('analyses.import.choose')} icon={<UploadOutlined aria-hidden />} loading={upload.isPending} onClick={() => input.current?.click()}>
          {t('analyses.import.choose')}
        </Button>
        {value && upload.data && <span>{t('analyses.import.stored', { name: upload.data.name, size: upload.data.size })}</span>}
      </div>
      {upload.error && <ErrorNotice problem={upload.error} />}
    </div>
  )
}

interface PreviewProps extends Previewed {
  names: FileNames
  onNames: (names: FileNames) => void
  onPreview: (previewed: Previewed) => void
}

function Preview({ request, preview: { report, ...read }, names, onNames, onPreview }: PreviewProps) {
  const { t, language } = useLanguage()
  const work = useOpenWork()
  const again = useMutation({ mutationFn: () => preview(requestOf(request, names)), onSuccess: onPreview })
  const rows = report.rows ?? []
  const wanted = namesToMatch(rows, work.items, names)
  const changed = !sameNames(names, { samples: request.samples ?? {}, items: request.items ?? {}, units: request.units ?? {} })
  const navigate = useNavigate()
  const profiles = useProfiles()
  const [key] = useState(() => new FormKey())
  const start = useMutation({
    mutationFn: () => answer(api.POST('/api/v1/imports', { body: { ...request, profile: read.profile }, headers: key.header })),
    onSettled: (_job, problem) => key.settle(problem instanceof Problem ? problem : undefined),
    onSuccess: (job) => void navigate(`/analyses/import?job=${encodeURIComponent(job.id)}`),
  })
  const profile = profiles.data?.find((each) => each.key === read.profile)
  return (
    <Panel
      title={t('analyses.import.previewed')}
      actions={
        <Button type="primary" disabled={report.imported === 0 || changed} loading={start.isPending} onClick={() => start.mutate()}>
          {t('analyses.import.start', { count: report.imported })}
        </Button>
      }
    >
      <Facts
        facts={[
          { label: t('analyses.import.profile'), value: profile?.[language] ?? read.profile },
          { label: t('analyses.import.encoding'), value: read.encoding },
          { label: t('analyses.import.would_import'), value: report.imported },
          { label: t('analyses.import.would_list'), value: report.listed },
        ]}
      />
      {start.error && <ErrorNotice problem={start.error} onRetry={() => start.mutate()} />}
      {(read.faults ?? []).length > 0 && (
        <ul className={styles.faults}>
          {(read.faults ?? []).map((fault) => (
            <li key={`${fault.code} ${fault.zh}`}>{fault[language]}</li>
          ))}
        </ul>
      )}
      {wanted.samples.length + wanted.items.length + wanted.units.length > 0 && (
        <>
          <NamesForm wanted={wanted} known={work} names={names} onChange={onNames} />
          <div className={styles.file}>
            <Button type={changed ? 'primary' : 'default'} disabled={!changed} loading={again.isPending} onClick={() => again.mutate()}>
              {t('analyses.import.preview_again')}
            </Button>
            {changed && <span role="status">{t('analyses.import.match_changed')}</span>}
          </div>
          {again.error && <ErrorNotice problem={again.error} onRetry={() => again.mutate()} />}
        </>
      )}
      <OutcomeTable rows={rows} preview />
    </Panel>
  )
}
