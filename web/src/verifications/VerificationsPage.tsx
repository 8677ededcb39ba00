import { useLanguage } from '../i18n/LanguageProvider'
import { OrderList } from './order_list'

/** Every verification order of the division. */
export default function VerificationsPage() {
  const { t } = useLanguage()
  return <OrderList base="/verifications" title={t('nav.verifications')} lead={t('verifications.lead')} />
}
