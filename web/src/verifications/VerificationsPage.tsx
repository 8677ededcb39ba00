import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { OrderList } from './order_list'

/** Every verification order of the division. */
export default function VerificationsPage() {
  const { t } = useLanguage()
  const { session } = useSession()
  return <OrderList base="/verifications" title={t('nav.verifications')} lead={t('verifications.lead')} approves={session.roles.includes('approver')} />
}
