import { useQueryClient } from '@tanstack/react-query'
import { answer, api } from '../api/client'
import type { components, operations } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { ApproveBar } from '../shared/jobs/ApproveBar'
import { ListPage } from '../shared/list/ListPage'
import { StatusTag } from '../shared/StatusTag'
import { sayDay } from '../shared/time'

type Order = components['schemas']['InstrumentsOrder']
type Query = NonNullable<operations['verification-orders']['parameters']['query']>

const states = ['applied', 'accepted', 'recorded', 'checked', 'approved', 'refused'] as const

interface OrderListProps {
  base: string
  title: string
  lead: string
  /** Whether the person may approve records, several at once. */
  approves?: boolean
}

/** The list of verification orders, for staff and, with its own address, for the applicant. */
export function OrderList({ base, title, lead, approves = false }: OrderListProps) {
  const { t, term, language } = useLanguage()
  const queries = useQueryClient()
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
        { key: 'number', title: t('verifications.number'), render: (o) => o.number, width: approves ? 225 : 190 },
        { key: 'instrument', title: t('instruments.name'), render: (o) => `${o.instrument_name} ${o.instrument}` },
        { key: 'business', title: t('instruments.owner'), render: (o) => o.business },
        { key: 'stage', title: t('verifications.stage'), render: (o) => term('verifications.stages', o.stage), width: 110 },
        { key: 'due', title: t('verifications.due_on'), render: (o) => (o.due_on ? sayDay(o.due_on, language) : '—'), width: 130 },
        { key: 'state', title: t('verifications.state'), render: (o) => <StatusTag kind="verification" state={o.state} />, width: 120 },
      ]}
      rowKey={(o) => o.id}
      to={(o) => `${base}/${o.number}`}
      empty={{ title: t('verifications.none'), text: t('verifications.none_explain') }}
      several={
        approves
          ? {
              label: (o) => o.number,
              choosable: (o) => o.actions?.includes('approve') ?? false,
              bar: ({ chosen, reset }) => (
                <ApproveBar
                  kind="verification"
                  chosen={chosen.map((o) => ({ number: o.number, version: o.version, name: `${o.instrument_name} ${o.business}` }))}
                  reset={reset}
                  refresh={() => queries.invalidateQueries({ queryKey: ['verification-orders'] })}
                />
              ),
            }
          : undefined
      }
    />
  )
}
