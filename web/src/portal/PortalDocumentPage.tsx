import { DocumentView } from '../documents/document_view'
import { useLanguage } from '../i18n/LanguageProvider'

/** One of a business's own documents. */
export default function PortalDocumentPage() {
  const { t } = useLanguage()
  return <DocumentView staff={false} above={{ label: t('nav.my_documents'), to: '/portal/documents' }} />
}
