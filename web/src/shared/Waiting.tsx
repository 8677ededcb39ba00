import { Spin } from 'antd'
import { useLanguage } from '../i18n/LanguageProvider'
import styles from './Waiting.module.css'

/** Shown while something is fetched; fades in late, so that quick answers do not flicker. */
export function Waiting({ page = false }: { page?: boolean }) {
  const { t } = useLanguage()
  return (
    <div className={page ? `${styles.waiting} ${styles.page}` : styles.waiting} role="status">
      <Spin />
      <span>{t('waiting')}</span>
    </div>
  )
}
