import { useLanguage } from '../i18n/LanguageProvider'
import { DocumentView } from './document_view'

/** One document, for staff. */
export default function DocumentPage() {
  const { t } = useLanguage()
  return <DocumentView staff above={{ label: t('nav.documents'), to: '/documents' }} />
}
