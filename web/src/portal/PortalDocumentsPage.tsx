import { DocumentList } from '../documents/document_list'
import { useLanguage } from '../i18n/LanguageProvider'

/** A business's own certificates and reports. */
export default function PortalDocumentsPage() {
  const { t } = useLanguage()
  return <DocumentList base="/portal/documents" title={t('nav.my_documents')} lead={t('portal.documents_lead')} />
}
