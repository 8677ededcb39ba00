import { DownOutlined, LogoutOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { App, Button, Popover } from 'antd'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import styles from './UserMenu.module.css'

/** Who is signed in, in which roles, and the way out. */
export function UserMenu() {
  const { t, term } = useLanguage()
  const { session, leave } = useSession()
  const { message } = App.useApp()
  const exit = useMutation({ mutationFn: leave, onError: () => message.error(t('session.leave_failed')) })

  const details = (
    <div className={styles.card}>
      <div className={styles.name}>{session.name}</div>
      <div className={styles.login}>{session.login}</div>
      <ul className={styles.roles} aria-label={t('session.roles')}>
        {session.roles.map((role) => (
          <li key={role}>{term('role', role)}</li>
        ))}
      </ul>
      <Button block icon={<LogoutOutlined aria-hidden />} loading={exit.isPending} onClick={() => exit.mutate()}>
        {t('session.leave')}
      </Button>
    </div>
  )

  return (
    <Popover content={details} trigger="click" placement="bottomRight" arrow={false}>
      <button type="button" className={styles.button} aria-label={t('session.who', { name: session.name })}>
        <span className={styles.initial} data-initial={[...session.name][0]} />
        <span className={styles.label}>{session.name}</span>
        <DownOutlined aria-hidden className={styles.arrow} />
      </button>
    </Popover>
  )
}
