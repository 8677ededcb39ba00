import { Navigate } from 'react-router'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { EmptyState } from '../shared/list/EmptyState'
import { menuFor } from './navigation'
import { pageExists } from './routes'

/** The start: the first page of the person's own menu. */
export function HomePage() {
  const { t } = useLanguage()
  const { session } = useSession()
  const first = menuFor(session.roles, pageExists)[0]?.items[0]
  if (first) return <Navigate to={first.path} replace />
  return <EmptyState title={t('home.no_role')} text={t('home.no_role_explain')} />
}
