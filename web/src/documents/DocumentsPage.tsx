import { useLanguage } from '../i18n/LanguageProvider'
import { DocumentList } from './document_list'

/** Every document that the bureau has issued. */
export default function DocumentsPage() {
  const { t } = useLanguage()
  return <DocumentList base="/documents" title={t('nav.documents')} lead={t('documents.lead')} />
}
