import { useLanguage } from '../i18n/LanguageProvider'
import { OrderView } from './order_view'

/** One verification order, for staff. */
export default function VerificationPage() {
  const { t } = useLanguage()
  return <OrderView above={{ label: t('nav.verifications'), to: '/verifications' }} documents="/documents" />
}
