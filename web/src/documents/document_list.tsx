import { answer, api } from '../api/client'
import type { components, operations } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import type { Column } from '../shared/list/DataTable'
import { ListPage } from '../shared/list/ListPage'
import { StatusTag } from '../shared/StatusTag'
import { sayDay } from '../shared/time'
import { BatchBar } from './batch_bar'

export type Document = components['schemas']['CertificatesDocument']
type Query = NonNullable<operations['documents']['parameters']['query']>

const kinds = ['inspection_report', 'verification_certificate', 'verification_notice'] as const
/** In place of a status: documents of which a revocation waits for its second person. */
export const waitingForRevocation = 'revocation_requested'

const statuses = ['valid', 'expired', 'superseded', 'revoked'] as const

/** The list of documents, for staff and, with its own words, for a business. */
export function DocumentList({ base, title, lead }: { base: string; title: string; lead: string }) {
  const { t, term, language } = useLanguage()
  const columns: Column<Document>[] = [
    { key: 'number', title: t('documents.number'), render: (d) => d.number, width: 225 },
    { key: 'kind', title: t('documents.kind'), render: (d) => term('documents.kinds', d.kind), width: 130 },
    { key: 'title', title: t('documents.subject'), render: (d) => d.title },
    { key: 'holder', title: t('documents.holder'), render: (d) => d.holder },
    { key: 'conclusion', title: t('documents.conclusion'), render: (d) => <StatusTag kind="verdict" state={d.conclusion} />, width: 92 },
    { key: 'issued', title: t('documents.issued_on'), render: (d) => sayDay(d.issued_on, language), width: 112 },
    { key: 'until', title: t('documents.valid_until'), render: (d) => (d.valid_until ? sayDay(d.valid_until, language) : '—'), width: 112 },
    { key: 'status', title: t('documents.status'), render: (d) => <StatusTag kind="document" state={d.status} />, width: 98 },
  ]
  return (
    <ListPage<Document, Query>
      title={title}
      lead={lead}
      queryKey={['documents']}
      load={(query) => answer(api.GET('/api/v1/documents', { params: { query } }))}
      filters={[
        { kind: 'text', name: 'q', label: t('documents.find'), placeholder: t('documents.find_hint') },
        { kind: 'choice', name: 'kind', label: t('documents.kind'), choices: kinds.map((value) => ({ value, label: term('documents.kinds', value) })) },
        {
          kind: 'choice',
          name: 'status',
          label: t('documents.status'),
          choices: [
            ...statuses.map((value) => ({ value: value as string, label: term('state.document', value) })),
            { value: waitingForRevocation, label: t('documents.waiting_revocation') },
          ],
        },
        { kind: 'day', name: 'day', label: t('documents.issued_on') },
        { kind: 'text', name: 'order', label: t('documents.order') },
      ]}
      columns={columns}
      rowKey={(d) => d.id}
      to={(d) => `${base}/${d.number}`}
      empty={{ title: t('documents.none'), text: t('documents.none_explain') }}
      several={{
        label: (d) => d.number,
        bar: ({ query, chosen, reset }) => <BatchBar query={query} chosen={chosen.map((d) => d.number)} reset={reset} />,
      }}
    />
  )
}
