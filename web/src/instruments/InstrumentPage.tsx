import { useLanguage } from '../i18n/LanguageProvider'
import { InstrumentView } from './instrument_view'

/** One instrument, for staff. */
export default function InstrumentPage() {
  const { t } = useLanguage()
  return <InstrumentView above={{ label: t('nav.instruments'), to: '/instruments' }} orders="/verifications" />
}
