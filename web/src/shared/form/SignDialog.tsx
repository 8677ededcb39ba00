import { SafetyCertificateOutlined } from '@ant-design/icons'
import { Button, Form, Input, Modal } from 'antd'
import { useRef, useState, type ReactNode } from 'react'
import type { FormKey } from '../../api/form_key'
import { Problem } from '../../api/problem'
import { useLanguage } from '../../i18n/LanguageProvider'
import { useSession } from '../../session/SessionProvider'
import { ErrorNotice } from '../ErrorNotice'
import styles from './SignDialog.module.css'
import { useApiForm } from './use_api_form'
import { useFocusBack } from './use_focus_back'

/** What the signer proves with. */
export interface SignCredentials {
  login: string
  password: string
}

interface SignDialogProps<R> {
  open: boolean
  /** What the signature means, in words that the signer agrees to: "I have reviewed these results and approve them." */
  meaning: string
  /** The verb on the button, such as "approve". */
  action: string
  /** What is signed: exactly what the server hashes, shown to the signer. */
  children: ReactNode
  /** The hash of what is signed, when the server has told it. */
  digest?: string
  /** Somebody else signs on this device, such as the receiver of a handover; names him in his role. */
  other?: string
  submit: (credentials: SignCredentials, key: FormKey) => Promise<R>
  /** Reads anew what is signed, after somebody else has changed it; the next try then holds for what is shown. */
  onOutdated?: () => Promise<unknown>
  onSigned: (result: R) => void | Promise<void>
  onCancel: () => void
}

/** A signature: what is signed, what signing it means, and the password of the one who signs, each time anew. */
export function SignDialog<R>(props: SignDialogProps<R>) {
  const { open, meaning, action, children, digest, other, submit, onOutdated, onSigned, onCancel } = props
  const { t } = useLanguage()
  const { session } = useSession()
  const [anew, setAnew] = useState(false)
  const api = useApiForm<SignCredentials, R>({ submit: sign, onDone: onSigned })
  const own = other === undefined
  const body = useRef<HTMLDivElement>(null)
  useFocusBack(open)

  async function sign(credentials: SignCredentials, key: FormKey): Promise<R> {
    try {
      return await submit(credentials, key)
    } catch (problem) {
      if (onOutdated && problem instanceof Problem && problem.outdated) {
        await onOutdated()
        setAnew(true)
      }
      throw problem
    }
  }

  function cancel() {
    api.clear()
    onCancel()
  }

  /** The first thing that is to be typed has the focus. */
  function enter(shown: boolean) {
    if (shown) body.current?.querySelector<HTMLElement>('textarea, input:not([readonly])')?.focus()
  }

  return (
    <Modal
      open={open}
      title={t('sign.title')}
      footer={null}
      onCancel={cancel}
      mask={{ closable: false }}
      destroyOnHidden
      width={560}
      afterOpenChange={enter}
    >
      <div ref={body}>
        {anew && <p role="status">{t('sign.read_anew')}</p>}
        <div className={styles.subject}>{children}</div>
        <blockquote className={styles.meaning}>
          <SafetyCertificateOutlined aria-hidden />
          <span>
            {t('sign.declares', { name: own ? session.name : other })} <strong>{meaning}</strong>
          </span>
        </blockquote>
        {digest !== undefined && (
          <p className={styles.digest}>
            {t('sign.digest')} <code>{digest}</code>
          </p>
        )}
        {api.problem && <ErrorNotice problem={api.problem} fields={api.rest} />}
        <Form<SignCredentials>
          form={api.form}
          layout="vertical"
          requiredMark={false}
          preserve={false}
          initialValues={{ login: own ? session.login : '' }}
          onFinish={api.send}
        >
          <Form.Item name="login" label={own ? t('signin.login') : other} rules={[{ required: true, message: t('signin.login_missing') }]}>
            <Input readOnly={own} autoComplete={own ? 'username' : 'off'} autoCapitalize="none" spellCheck={false} />
          </Form.Item>
          <Form.Item name="password" label={t('signin.password')} rules={[{ required: true, message: t('signin.password_missing') }]}>
            <Input.Password autoComplete={own ? 'current-password' : 'off'} />
          </Form.Item>
          <div className="hj-actions">
            <Button onClick={cancel}>{t('action.cancel')}</Button>
            <Button type="primary" htmlType="submit" loading={api.pending}>
              {action}
            </Button>
          </div>
        </Form>
      </div>
    </Modal>
  )
}
