import { CheckCircleFilled } from '@ant-design/icons'
import { App, Checkbox, Form, Input } from 'antd'
import { useNavigate } from 'react-router'
import { answer, api } from '../../api/client'
import type { Key } from '../../i18n/i18n'
import { useLanguage } from '../../i18n/LanguageProvider'
import { Facts } from '../../shared/Facts'
import { SignDialog, type SignCredentials } from '../../shared/form/SignDialog'
import { StatusTag } from '../../shared/StatusTag'
import type { FormKey } from '../../api/form_key'
import type { IssuedDocument, SampleDetail } from '../samples_api'
import type { StepProps } from './StepBar'
import { StepDrawer } from './StepDrawer'
import { ReasonField } from './StepFields'
import { useStep } from './use_step'

/** The technician puts the results together into a report. */
export function Compile({ read, onClose }: StepProps) {
  const { t } = useLanguage()
  const again = (read.value.reports ?? []).length > 0
  return (
    <StepDrawer<{ password: string; reason?: string; bilingual?: boolean }>
      read={read}
      action="samples.step.compile"
      done="samples.event.compiled"
      meaning="samples.meaning.compile"
      submit={(body, { params, headers }, key) => answer(api.POST('/api/v1/samples/{number}/compile', { params, headers: headers(key), body }))}
      onClose={onClose}
    >
      <Results detail={read.value} />
      <Form.Item name="bilingual" valuePropName="checked">
        <Checkbox>{t('samples.bilingual')}</Checkbox>
      </Form.Item>
      {again && (
        <Form.Item name="reason" label={t('samples.compile_reason')}>
          <Input.TextArea autoSize={{ minRows: 2 }} maxLength={500} />
        </Form.Item>
      )}
    </StepDrawer>
  )
}

/** The reviewer signs that the report is right. */
export function Review({ read, onClose }: StepProps) {
  const step = useStep(read)
  return (
    <ReportSignature
      detail={read.value}
      action="samples.step.review"
      meaning="samples.meaning.review"
      submit={({ password }, key) => answer(api.POST('/api/v1/samples/{number}/review', { params: step.params, headers: step.headers(key), body: { password } }))}
      onOutdated={step.reload}
      onSigned={() => step.finish('samples.event.reviewed', onClose)}
      onClose={onClose}
    />
  )
}

/** The authorised signatory approves the report, which issues it. */
export function Approve({ read, onClose }: StepProps) {
  const { t } = useLanguage()
  const { modal } = App.useApp()
  const navigate = useNavigate()
  const step = useStep(read)

  async function tell(document: IssuedDocument) {
    await step.finish('samples.event.approved', onClose)
    modal.confirm({
      icon: <CheckCircleFilled aria-hidden style={{ color: 'var(--hj-good)' }} />,
      title: t('samples.issued_title'),
      content: document.number,
      okText: t('samples.open_document'),
      cancelText: t('samples.close'),
      onOk: () => void navigate(`/documents/${encodeURIComponent(document.number)}`),
    })
  }

  return (
    <ReportSignature
      detail={read.value}
      action="samples.step.approve"
      meaning="samples.meaning.approve"
      submit={({ password }, key) => answer(api.POST('/api/v1/samples/{number}/approve', { params: step.params, headers: step.headers(key), body: { password } }))}
      onOutdated={step.reload}
      onSigned={tell}
      onClose={onClose}
    />
  )
}

/** The report goes back with a reason. */
export function Return({ read, onClose }: StepProps) {
  return (
    <StepDrawer<{ reason: string }>
      read={read}
      action="samples.step.return"
      done="samples.event.returned"
      submit={(body, { params, headers }, key) => answer(api.POST('/api/v1/samples/{number}/return', { params, headers: headers(key), body }))}
      onClose={onClose}
    >
      <ReasonField />
    </StepDrawer>
  )
}

/** An issued report is begun anew, to be corrected. */
export function Reopen({ read, onClose }: StepProps) {
  return (
    <StepDrawer<{ password: string; reason: string }>
      read={read}
      action="samples.step.reopen"
      done="samples.event.reopened"
      meaning="samples.meaning.reopen"
      submit={(body, { params, headers }, key) => answer(api.POST('/api/v1/samples/{number}/reopen', { params, headers: headers(key), body }))}
      onClose={onClose}
    >
      <ReasonField />
    </StepDrawer>
  )
}

interface ReportSignatureProps<R> {
  detail: SampleDetail
  action: Key
  meaning: Key
  submit: (credentials: SignCredentials, key: FormKey) => Promise<R>
  onOutdated: () => Promise<void>
  onSigned: (result: R) => Promise<void>
  onClose: () => void
}

/** A signature under the report as it was compiled, whose hash is shown. A sample that was changed meanwhile is read anew. */
function ReportSignature<R>({ detail, action, meaning, submit, onOutdated, onSigned, onClose }: ReportSignatureProps<R>) {
  const { t } = useLanguage()
  const report = detail.reports?.at(-1)

  return (
    <SignDialog open meaning={t(meaning)} action={t(action)} digest={report?.summary_hash} submit={submit} onOutdated={onOutdated} onSigned={onSigned} onCancel={onClose}>
      <Facts
        facts={[
          { label: t('samples.number'), value: detail.sample.number },
          { label: t('samples.product'), value: detail.sample.product_name },
          { label: t('samples.conclusion'), value: report && <StatusTag kind="verdict" state={report.conclusion} /> },
          { label: t('samples.revision_short'), value: report?.revision },
        ]}
      />
      <Results detail={detail} />
    </SignDialog>
  )
}

/** The results in force, as the report will say them. */
function Results({ detail }: { detail: SampleDetail }) {
  return (
    <Facts
      facts={(detail.analyses ?? []).map(({ id, item, results }) => {
        const newest = results?.at(-1)
        return {
          label: item,
          value: newest && (
            <span key={id}>
              {newest.raw} {newest.unit} <StatusTag kind="verdict" state={newest.verdict} />
            </span>
          ),
        }
      })}
    />
  )
}
