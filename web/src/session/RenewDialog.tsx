import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input, Modal, type InputRef } from 'antd'
import { useRef } from 'react'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { signIn, type Session } from './session_api'

interface RenewDialogProps {
  open: boolean
  session: Session
  onRenewed: () => void
  /** The person wants to sign in as somebody else: what was typed is given up. */
  onOther: () => void
}

/** Signs the same person in again over the page; nobody else can take over work that was begun by another. */
export function RenewDialog({ open, session, onRenewed, onOther }: RenewDialogProps) {
  const { t } = useLanguage()
  const password = useRef<InputRef>(null)
  const renew = useMutation({
    mutationFn: ({ password }: { password: string }) => signIn(session.login, password),
    onSuccess: onRenewed,
  })
  return (
    <Modal
      open={open}
      title={t('renew.title')}
      footer={null}
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      destroyOnHidden
      afterOpenChange={(shown) => shown && password.current?.focus()}
    >
      <p>{t('renew.explain')}</p>
      {renew.error && <ErrorNotice problem={renew.error} />}
      <Form<{ password: string }> layout="vertical" requiredMark={false} onFinish={(values) => renew.mutate(values)}>
        <Form.Item label={t('signin.login')} htmlFor="renew-login">
          <Input id="renew-login" value={session.login} readOnly autoComplete="username" />
        </Form.Item>
        <Form.Item name="password" label={t('signin.password')} rules={[{ required: true, message: t('signin.password_missing') }]}>
          <Input.Password ref={password} autoComplete="current-password" />
        </Form.Item>
        <div className="hj-actions">
          <Button onClick={onOther}>{t('renew.other')}</Button>
          <Button type="primary" htmlType="submit" loading={renew.isPending}>
            {t('renew.continue')}
          </Button>
        </div>
      </Form>
    </Modal>
  )
}
