import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { answer, api } from '../api/client'
import { ifMatch } from '../api/form_key'
import { Problem } from '../api/problem'
import { useLanguage } from '../i18n/LanguageProvider'
import { FormDrawer } from '../shared/form/FormDrawer'
import { useApiForm, type ApiForm } from '../shared/form/use_api_form'

interface DrawerProps {
  open: boolean
  number: string
  etag: string
  onClose: () => void
}

interface Decision {
  scheduled_on?: string
  refusal?: string
}

/** Accepts an application, with a day, or refuses it in writing. */
export function DecideDrawer({ open, accept, number, etag, onClose }: DrawerProps & { accept: boolean }) {
  const { t } = useLanguage()
  const queries = useQueryClient()
  const form = useApiForm<Decision, unknown>({
    submit: ({ scheduled_on, refusal }) =>
      answer(
        api.POST('/api/v1/verification-orders/{number}/decide', {
          params: { path: { number }, header: ifMatch(etag) },
          body: accept ? { accept, ...(scheduled_on ? { scheduled_on } : {}) } : { accept, refusal: refusal ?? '' },
        }),
      ),
    onDone: async () => {
      await queries.invalidateQueries({ queryKey: ['verification-orders'] })
      onClose()
    },
  })
  const title = t(accept ? 'verifications.accept' : 'verifications.refuse')
  return (
    <FormDrawer<Decision> open={open} title={title} action={title} api={form} onClose={onClose}>
      <ReadAnew form={form} />
      {accept ? (
        <Form.Item name="scheduled_on" label={t('verifications.scheduled_on')}>
          <Input type="date" />
        </Form.Item>
      ) : (
        <Form.Item name="refusal" label={t('verifications.refusal')} required>
          <Input.TextArea rows={4} maxLength={500} />
        </Form.Item>
      )}
    </FormDrawer>
  )
}

/** Sends a record back to the verifier with the reason. */
export function ReturnDrawer({ open, number, etag, onClose }: DrawerProps) {
  const { t } = useLanguage()
  const queries = useQueryClient()
  const form = useApiForm<{ reason: string }, unknown>({
    submit: ({ reason }) =>
      answer(
        api.POST('/api/v1/verification-orders/{number}/return', {
          params: { path: { number }, header: ifMatch(etag) },
          body: { reason: reason ?? '' },
        }),
      ),
    onDone: async () => {
      await queries.invalidateQueries({ queryKey: ['verification-orders'] })
      onClose()
    },
  })
  return (
    <FormDrawer<{ reason: string }> open={open} title={t('verifications.return')} action={t('verifications.return')} api={form} onClose={onClose}>
      <ReadAnew form={form} />
      <Form.Item name="reason" label={t('verifications.reason')} required>
        <Input.TextArea rows={4} maxLength={500} />
      </Form.Item>
    </FormDrawer>
  )
}

/** When somebody else was quicker, the order is read anew here and what was typed stays. */
function ReadAnew<V>({ form }: { form: ApiForm<V> }) {
  const { t } = useLanguage()
  const queries = useQueryClient()
  if (!(form.problem instanceof Problem && form.problem.outdated)) return null
  return (
    <p>
      <Button onClick={() => void queries.invalidateQueries({ queryKey: ['verification-orders'] }).then(form.clear)}>{t('form.reload_keep')}</Button>
    </p>
  )
}
