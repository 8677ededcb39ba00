import { answer, api } from '../api/client'
import type { components, operations } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { ListPage } from '../shared/list/ListPage'
import { StatusTag } from '../shared/StatusTag'
import { sayDay } from '../shared/time'

type Order = components['schemas']['InstrumentsOrder']
type Query = NonNullable<operations['verification-orders']['parameters']['query']>

const states = ['applied', 'accepted', 'recorded', 'checked', 'approved', 'refused'] as const

/** The list of verification orders, for staff and, with its own address, for the applicant. */
export function OrderList({ base, title, lead }: { base: string; title: string; lead: string }) {
  const { t, term, language } = useLanguage()
  return (
    <ListPage<Order, Query>
      title={title}
      lead={lead}
      queryKey={['verification-orders']}
      load={(query) => answer(api.GET('/api/v1/verification-orders', { params: { query } }))}
      filters={[
        { kind: 'text', name: 'q', label: t('verifications.find') },
        { kind: 'choice', name: 'state', label: t('verifications.state'), choices: states.map((value) => ({ value, label: term('state.verification', value) })) },
      ]}
      columns={[
        { key: 'number', title: t('verifications.number'), render: (o) => o.number, width: 190 },
        { key: 'instrument', title: t('instruments.name'), render: (o) => `${o.instrument_name} ${o.instrument}` },
        { key: 'business', title: t('instruments.owner'), render: (o) => o.business },
        { key: 'stage', title: t('verifications.stage'), render: (o) => term('verifications.stages', o.stage), width: 110 },
        { key: 'due', title: t('verifications.due_on'), render: (o) => (o.due_on ? sayDay(o.due_on, language) : '—'), width: 130 },
        { key: 'state', title: t('verifications.state'), render: (o) => <StatusTag kind="verification" state={o.state} />, width: 120 },
      ]}
      rowKey={(o) => o.id}
      to={(o) => `${base}/${o.number}`}
      empty={{ title: t('verifications.none'), text: t('verifications.none_explain') }}
    />
  )
}
