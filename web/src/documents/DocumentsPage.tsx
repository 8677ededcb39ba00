import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { answer, api } from '../api/client'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { Panel } from '../shared/Panel'
import { DocumentList, waitingForRevocation } from './document_list'
import { mayRevoke } from './revokers'

/** Every document that the bureau has issued, and the revocations that wait for somebody. */
export default function DocumentsPage() {
  const { t } = useLanguage()
  return (
    <>
      <WaitingRevocations />
      <DocumentList base="/documents" title={t('nav.documents')} lead={t('documents.lead')} />
    </>
  )
}

/** Leads those who may decide to the revocations that wait for a second person. */
function WaitingRevocations() {
  const { t } = useLanguage()
  const { session } = useSession()
  const may = mayRevoke(session.roles, 'inspection_report') || mayRevoke(session.roles, 'verification_certificate')
  const waiting = useQuery({
    queryKey: ['documents', waitingForRevocation],
    queryFn: () => answer(api.GET('/api/v1/documents', { params: { query: { status: waitingForRevocation } } })),
    enabled: may,
  })
  const mine = waiting.data?.items?.filter(({ kind }) => mayRevoke(session.roles, kind)) ?? []
  if (mine.length === 0) return null
  return (
    <Panel>
      <Link to={`/documents?status=${waitingForRevocation}`}>{t('documents.waiting_notice', { n: mine.length })}</Link>
    </Panel>
  )
}
