import { Link } from 'react-router'
import { useLanguage } from '../i18n/LanguageProvider'
import { usePageTitle } from '../shared/page_title'
import { EmptyState } from '../shared/list/EmptyState'

/** An address that leads nowhere. */
export function NotFoundPage() {
  const { t } = useLanguage()
  usePageTitle(t('not_found.title'))
  return <EmptyState page title={t('not_found.title')} text={t('not_found.explain')} action={<Link to="/">{t('not_found.home')}</Link>} />
}
