import { useLanguage } from '../i18n/LanguageProvider'
import { OrderView } from '../verifications/order_view'

/** One of a business's own applications. */
export default function PortalOrderPage() {
  const { t } = useLanguage()
  return <OrderView above={{ label: t('nav.my_verifications'), to: '/portal/verifications' }} documents="/portal/documents" />
}
