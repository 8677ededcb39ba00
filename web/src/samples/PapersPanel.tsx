import { api, file } from '../api/client'
import { useLanguage } from '../i18n/LanguageProvider'
import { PaperButtons } from '../shared/PaperButtons'
import { Panel } from '../shared/Panel'

/** What can be printed of a sample. */
export function PapersPanel({ number }: { number: string }) {
  const { t } = useLanguage()
  const of = { params: { path: { number } }, parseAs: 'blob' } as const
  return (
    <Panel title={t('samples.papers')}>
      <PaperButtons
        papers={[
          { label: t('samples.sampling_form_pdf'), print: () => file(api.GET('/api/v1/samples/{number}/sampling-form.pdf', of)) },
          { label: t('samples.custody_sheet_pdf'), print: () => file(api.GET('/api/v1/samples/{number}/custody-sheet.pdf', of)) },
        ]}
      />
    </Panel>
  )
}
