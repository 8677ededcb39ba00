import { api, file } from '../api/client'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { PaperButtons } from '../shared/PaperButtons'
import { Panel } from '../shared/Panel'

type Document = components['schemas']['CertificatesDocument']

const afterFailure = ['result_notice', 'retest_application', 'retest_decision', 'retest_handover', 'handling_notice'] as const
const disposal = 'sample_disposal'
type Kind = (typeof afterFailure)[number] | typeof disposal

/** These list what is kept of the sample, which only the laboratory sees. */
const listingPortions: readonly Kind[] = ['retest_handover', disposal]
const laboratory = ['custodian', 'technician', 'reviewer', 'signatory', 'auditor', 'leader', 'technical_manager', 'administrator']

/** The papers of retest and disposal that follow a report: the bureau's all of them, a business what it applies with. */
export function PapersPanel({ document, staff }: { document: Document; staff: boolean }) {
  const { t, term } = useLanguage()
  const { session } = useSession()
  const inLaboratory = session.roles.some((role) => laboratory.includes(role))
  const kinds = papersOf(document, staff).filter((kind) => inLaboratory || !listingPortions.includes(kind))
  if (kinds.length === 0) return null
  return (
    <Panel title={t('documents.papers')}>
      <PaperButtons papers={kinds.map((kind) => ({ label: term('documents.paper', kind), print: () => print(document.number, kind) }))} />
    </Panel>
  )
}

function papersOf(document: Document, staff: boolean): readonly Kind[] {
  const inForce = document.status === 'valid' || document.status === 'expired'
  if (document.kind !== 'inspection_report' || !inForce) return []
  const failed = document.conclusion === 'fail'
  if (!staff) return failed ? ['retest_application'] : []
  return failed ? [...afterFailure, disposal] : [disposal]
}

function print(number: string, paper: Kind) {
  return file(api.GET('/api/v1/documents/{number}/papers/{paper}', { params: { path: { number, paper } }, parseAs: 'blob' }))
}
