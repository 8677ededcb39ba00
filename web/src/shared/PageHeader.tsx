import { LeftOutlined } from '@ant-design/icons'
import { Fragment, type ReactNode } from 'react'
import { Link } from 'react-router'
import { useLanguage } from '../i18n/LanguageProvider'
import styles from './PageHeader.module.css'
import { usePageTitle } from './page_title'

interface PageHeaderProps {
  /** The name of the page; also the title of the browser's tab. */
  title: string
  /** What stands beside the title: a state, a number to copy. */
  beside?: ReactNode
  /** One sentence on what the page is for, or what the thing is. */
  lead?: ReactNode
  /** The buttons of the page, the main one last. */
  actions?: ReactNode
  /** The pages above this one. */
  above?: readonly { label: string; to: string }[]
}

/** The head of a page: where one is, what it is, what may be done. */
export function PageHeader({ title, beside, lead, actions, above = [] }: PageHeaderProps) {
  const { t } = useLanguage()
  usePageTitle(title)
  return (
    <header className={styles.header}>
      <div className={styles.words}>
        {above.length > 0 && (
          <nav aria-label={t('page.above')} className={styles.above}>
            <LeftOutlined aria-hidden className={styles.back} />
            {above.map(({ label, to }, at) => (
              <Fragment key={to}>
                {at > 0 && <span aria-hidden="true">/</span>}
                <Link to={to}>{label}</Link>
              </Fragment>
            ))}
          </nav>
        )}
        <div className={styles.line}>
          <h1 className={styles.title}>{title}</h1>
          {beside}
        </div>
        {lead !== undefined && <p className={styles.lead}>{lead}</p>}
      </div>
      {actions !== undefined && <div className={styles.actions}>{actions}</div>}
    </header>
  )
}
