import { MenuOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { Button, Drawer } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { Outlet, useLocation, useNavigation } from 'react-router'
import { answer, api } from '../api/client'
import { LanguageSwitch } from '../i18n/LanguageSwitch'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { Mark } from '../shared/Mark'
import { menuFor } from './navigation'
import { pageExists } from './routes'
import styles from './Shell.module.css'
import { SideMenu } from './SideMenu'
import { UserMenu } from './UserMenu'

/** The frame of every page: menu at the side (in a drawer where there is no room), who is signed in, the page. */
export function Shell() {
  const { t } = useLanguage()
  const { session } = useSession()
  const { pathname } = useLocation()
  const division = useQuery({ queryKey: ['division'], queryFn: () => answer(api.GET('/api/v1/division')), staleTime: Infinity })
  const busy = useNavigation().state === 'loading'
  const [menuOpen, setMenuOpen] = useState(false)
  const main = useRef<HTMLElement>(null)
  const groups = menuFor(session.roles, pageExists)

  useEffect(() => {
    setMenuOpen(false)
    window.scrollTo({ top: 0 })
  }, [pathname])

  const brand = (
    <div className={styles.brand}>
      <Mark size={32} />
      <div>
        <div className={styles.name}>{t('app.name')}</div>
        <div className={styles.subtitle}>{t('app.short_subtitle')}</div>
      </div>
    </div>
  )

  return (
    <div className={styles.shell}>
      <a className={styles.skip} href="#main" onClick={() => main.current?.focus()}>
        {t('shell.skip')}
      </a>
      <aside className={styles.side}>
        {brand}
        <SideMenu groups={groups} />
      </aside>
      <Drawer
        open={menuOpen}
        placement="left"
        size={248}
        closable={false}
        onClose={() => setMenuOpen(false)}
        aria-label={t('shell.menu')}
        styles={{ body: { padding: 0, background: 'var(--hj-navy)' } }}
      >
        <div className={styles.drawer}>
          {brand}
          <SideMenu groups={groups} />
        </div>
      </Drawer>
      <div className={styles.content}>
        <header className={styles.top}>
          <Button
            className={styles.burger}
            type="text"
            icon={<MenuOutlined aria-hidden />}
            aria-label={t('shell.menu')}
            aria-expanded={menuOpen}
            onClick={() => setMenuOpen(true)}
          />
          <span className={styles.where}>{division.data?.bureau ?? ''}</span>
          <LanguageSwitch />
          <UserMenu />
        </header>
        {busy && <div className={styles.progress} role="progressbar" aria-label={t('waiting')} />}
        <main id="main" ref={main} tabIndex={-1} className={styles.main}>
          <Outlet />
        </main>
      </div>
    </div>
  )
}
