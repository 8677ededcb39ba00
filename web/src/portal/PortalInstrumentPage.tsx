import { useLanguage } from '../i18n/LanguageProvider'
import { InstrumentView } from '../instruments/instrument_view'

/** One of a business's own instruments. */
export default function PortalInstrumentPage() {
  const { t } = useLanguage()
  return <InstrumentView above={{ label: t('nav.my_instruments'), to: '/portal/instruments' }} orders="/portal/verifications" />
}
