import { Button, Form, Input } from 'antd'
import type { ReactNode } from 'react'
import type { FormKey } from '../../api/form_key'
import { Problem } from '../../api/problem'
import type { Key } from '../../i18n/i18n'
import { useLanguage } from '../../i18n/LanguageProvider'
import { useSession } from '../../session/SessionProvider'
import { FormDrawer } from '../../shared/form/FormDrawer'
import { useApiForm } from '../../shared/form/use_api_form'
import styles from '../samples.module.css'
import type { ReadSample } from '../samples_api'
import { useStep, type Step } from './use_step'

interface StepDrawerProps<V> {
  read: ReadSample
  action: Key
  done: Key
  /** What the signature means; the step is not signed when absent. */
  meaning?: Key
  initial?: Partial<V>
  renamed?: Readonly<Record<string, string>>
  submit: (values: V, step: Step, key: FormKey) => Promise<unknown>
  onClose: () => void
  children: ReactNode
  width?: number
}

/**
 * A step with fields of its own, signed at its foot. When somebody else was quicker, the sample can be read anew here
 * and what was typed stays.
 */
export function StepDrawer<V extends object>(props: StepDrawerProps<V>) {
  const { read, action, done, meaning, initial, renamed, submit, onClose, children, width } = props
  const { t } = useLanguage()
  const step = useStep(read)
  const form = useApiForm<V, unknown>({ submit: (values, key) => submit(values, step, key), onDone: () => step.finish(done, onClose), renamed })
  const outdated = form.problem instanceof Problem && form.problem.outdated

  async function reload() {
    await step.reload()
    form.clear()
  }

  return (
    <FormDrawer<V> open title={t(action)} action={t(action)} api={form} initial={initial} onClose={onClose} width={width}>
      {outdated && (
        <p>
          <Button onClick={() => void reload()}>{t('form.reload_keep')}</Button>
        </p>
      )}
      {children}
      {meaning && <SignFields meaning={meaning} />}
    </FormDrawer>
  )
}

function SignFields({ meaning }: { meaning: Key }) {
  const { t } = useLanguage()
  const { session } = useSession()
  return (
    <>
      <blockquote className={styles.declare}>
        {t('sign.declares', { name: session.name })} <strong>{t(meaning)}</strong>
      </blockquote>
      <Form.Item name="password" label={t('signin.password')} rules={[{ required: true, message: t('signin.password_missing') }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
    </>
  )
}
