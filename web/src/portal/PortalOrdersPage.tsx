import { useLanguage } from '../i18n/LanguageProvider'
import { OrderList } from '../verifications/order_list'

/** A business's own applications. */
export default function PortalOrdersPage() {
  const { t } = useLanguage()
  return <OrderList base="/portal/verifications" title={t('nav.my_verifications')} lead={t('portal.orders_lead')} />
}
