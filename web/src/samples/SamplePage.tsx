import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { api, file } from '../api/client'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { CopyNumber } from '../shared/CopyNumber'
import { LabelButton } from '../shared/labels/LabelButton'
import { PageHeader } from '../shared/PageHeader'
import { StatusTag } from '../shared/StatusTag'
import { Waiting } from '../shared/Waiting'
import { AnalysesPanel } from './AnalysesPanel'
import { CustodyPanel } from './CustodyPanel'
import { FactsPanel, PhotosPanel } from './FactsPanel'
import { HistoryPanel } from './HistoryPanel'
import { PapersPanel } from './PapersPanel'
import { PortionsPanel } from './PortionsPanel'
import { ReportsPanel } from './ReportsPanel'
import { ResultEntry } from './results/ResultEntry'
import { sampleQuery, type ReadSample } from './samples_api'
import { StepBar } from './steps/StepBar'

/** Who handles portions, and labels them. */
const labellers = ['sampler', 'custodian', 'technician']

/** One sample: what it is, who holds it, what was found, and what may be done with it now. */
export default function SamplePage() {
  const { number = '' } = useParams()
  const { t } = useLanguage()
  const query = useQuery(sampleQuery(number))
  if (query.data) return <Sample key={number} read={query.data} problem={query.error} />
  return (
    <>
      <PageHeader title={number} above={[{ label: t('nav.samples'), to: '/samples' }]} />
      {query.error ? <ErrorNotice problem={query.error} onRetry={() => void query.refetch()} /> : <Waiting />}
    </>
  )
}

function Sample({ read, problem }: { read: ReadSample; problem: Error | null }) {
  const { t } = useLanguage()
  const { session } = useSession()
  const { sample, stage, actions } = read.value
  const labels = sample.state !== 'refused' && session.roles.some((role) => labellers.includes(role))
  const entering = (actions ?? []).some(({ step }) => step === 'enter_results')
  return (
    <>
      <PageHeader
        title={sample.product_name}
        beside={<StatusTag kind="sample" state={stage} />}
        lead={<CopyNumber number={sample.number} />}
        above={[{ label: t('nav.samples'), to: '/samples' }]}
        actions={
          <>
            {labels && <SampleLabels number={sample.number} />}
            <StepBar read={read} />
          </>
        }
      />
      {problem && <ErrorNotice problem={problem} />}
      <FactsPanel detail={read.value} />
      <PapersPanel number={sample.number} />
      <ResultEntry read={read} allowed={entering} />
      <AnalysesPanel detail={read.value} />
      <PortionsPanel detail={read.value} />
      <CustodyPanel number={sample.number} />
      <ReportsPanel detail={read.value} />
      <PhotosPanel detail={read.value} />
      <HistoryPanel detail={read.value} />
    </>
  )
}

function SampleLabels({ number }: { number: string }) {
  return (
    <LabelButton
      choosing
      draw={(choice, kind) =>
        file(
          api.GET('/api/v1/samples/{number}/labels.pdf', {
            params: { path: { number }, query: { ...choice, kind: kind === '' ? undefined : kind } },
            parseAs: 'blob',
          }),
        )
      }
    />
  )
}
