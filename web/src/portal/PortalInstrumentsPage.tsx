import { Button } from 'antd'
import { useState } from 'react'
import { useLanguage } from '../i18n/LanguageProvider'
import { FilingDrawer } from '../instruments/filing_drawer'
import { InstrumentList } from '../instruments/instrument_list'

/** A business's own instruments. */
export default function PortalInstrumentsPage() {
  const { t } = useLanguage()
  const [open, setOpen] = useState(false)
  const file = (
    <Button type="primary" onClick={() => setOpen(true)}>
      {t('instruments.file')}
    </Button>
  )
  return (
    <>
      <InstrumentList base="/portal/instruments" title={t('nav.my_instruments')} lead={t('portal.instruments_lead')} actions={file} />
      <FilingDrawer chooseOwner={false} open={open} base="/portal/instruments" onClose={() => setOpen(false)} />
    </>
  )
}
