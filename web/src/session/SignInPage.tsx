import { useMutation } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { LanguageSwitch } from '../i18n/LanguageSwitch'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { Mark } from '../shared/Mark'
import { usePageTitle } from '../shared/page_title'
import { signIn, type Session } from './session_api'
import styles from './SignInPage.module.css'
import { VernierScale } from './VernierScale'

interface Credentials {
  login: string
  password: string
}

/** The way in: for the people of the bureau and for businesses alike. */
export function SignInPage({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const { t } = useLanguage()
  usePageTitle(t('signin.title'))
  const entry = useMutation({
    mutationFn: ({ login, password }: Credentials) => signIn(login.trim(), password),
    onSuccess: onSignedIn,
  })
  return (
    <div className={styles.page}>
      <header className={styles.banner}>
        <div className={styles.brand}>
          <Mark size={44} />
          <div>
            <div className={styles.name}>{t('app.name')}</div>
            <div className={styles.subtitle}>{t('app.subtitle')}</div>
          </div>
        </div>
        <p className={styles.promise}>{t('app.promise')}</p>
        <VernierScale className={styles.scale} />
      </header>
      <main className={styles.main}>
        <div className={styles.corner}>
          <LanguageSwitch />
        </div>
        <div className={styles.box}>
          <h1 className={styles.heading}>{t('signin.title')}</h1>
          <p className={styles.lead}>{t('signin.lead')}</p>
          {entry.error && <ErrorNotice problem={entry.error} />}
          <Form<Credentials> layout="vertical" requiredMark={false} onFinish={(values) => entry.mutate(values)}>
            <Form.Item name="login" label={t('signin.login')} rules={[{ required: true, whitespace: true, message: t('signin.login_missing') }]}>
              <Input size="large" autoFocus autoComplete="username" autoCapitalize="none" spellCheck={false} />
            </Form.Item>
            <Form.Item name="password" label={t('signin.password')} rules={[{ required: true, message: t('signin.password_missing') }]}>
              <Input.Password size="large" autoComplete="current-password" />
            </Form.Item>
            <Button type="primary" size="large" htmlType="submit" block loading={entry.isPending}>
              {t('signin.submit')}
            </Button>
          </Form>
          <p className={styles.hint}>{t('signin.public_hint')}</p>
        </div>
      </main>
    </div>
  )
}
