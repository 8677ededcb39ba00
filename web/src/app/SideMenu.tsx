import { NavLink } from 'react-router'
import { useLanguage } from '../i18n/LanguageProvider'
import type { MenuGroup } from './navigation'
import styles from './SideMenu.module.css'

/** The side menu: real links, so that they open in a new tab and are read as navigation. */
export function SideMenu({ groups }: { groups: readonly MenuGroup[] }) {
  const { t } = useLanguage()
  return (
    <nav aria-label={t('shell.menu')} className={styles.menu}>
      {groups.map((group) => (
        <div key={group.label}>
          <div className={styles.group}>{t(group.label)}</div>
          <ul>
            {group.items.map((item) => (
              <li key={item.path}>
                <NavLink to={item.path} className={styles.link}>
                  {item.icon}
                  {t(item.label)}
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}
