import { Button } from 'antd'
import { useState } from 'react'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { FilingDrawer } from './filing_drawer'
import { InstrumentList } from './instrument_list'

/** The register of measuring instruments of the division. */
export default function InstrumentsPage() {
  const { t } = useLanguage()
  const { session } = useSession()
  const [open, setOpen] = useState(false)
  const may = session.roles.includes('verifier') || session.roles.includes('administrator')
  const file = (
    <Button type="primary" onClick={() => setOpen(true)}>
      {t('instruments.file')}
    </Button>
  )
  return (
    <>
      <InstrumentList base="/instruments" title={t('nav.instruments')} lead={t('instruments.lead')} actions={may && file} />
      <FilingDrawer chooseOwner open={open} base="/instruments" onClose={() => setOpen(false)} />
    </>
  )
}
