import type { ReactNode } from 'react'
import { answer, api } from '../api/client'
import type { components, operations } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { ListPage } from '../shared/list/ListPage'
import { StatusTag } from '../shared/StatusTag'
import { sayDay } from '../shared/time'

export type Instrument = components['schemas']['InstrumentsInstrument']
type Query = NonNullable<operations['instruments']['parameters']['query']>

const states = ['in_use', 'stopped', 'scrapped'] as const

/** The list of instruments, for staff and, with its own address, for their owner. */
export function InstrumentList({ base, title, lead, actions }: { base: string; title: string; lead: string; actions?: ReactNode }) {
  const { t, term, language } = useLanguage()
  return (
    <ListPage<Instrument, Query>
      title={title}
      lead={lead}
      actions={actions}
      queryKey={['instruments']}
      load={(query) => answer(api.GET('/api/v1/instruments', { params: { query } }))}
      filters={[
        { kind: 'text', name: 'q', label: t('instruments.find'), placeholder: t('instruments.find_hint') },
        { kind: 'choice', name: 'state', label: t('instruments.state'), choices: states.map((value) => ({ value, label: term('state.instrument', value) })) },
        { kind: 'day', name: 'due_until', label: t('instruments.due_until') },
      ]}
      columns={[
        { key: 'number', title: t('instruments.number'), render: (i) => i.number, width: 180 },
        { key: 'name', title: t('instruments.name'), render: (i) => `${i.name} ${i.model}` },
        { key: 'serial', title: t('instruments.serial'), render: (i) => i.serial, width: 130 },
        { key: 'business', title: t('instruments.owner'), render: (i) => i.business },
        { key: 'conclusion', title: t('instruments.last'), render: (i) => (i.conclusion ? <StatusTag kind="verdict" state={i.conclusion} /> : '—'), width: 110 },
        { key: 'until', title: t('documents.valid_until'), render: (i) => (i.valid_until ? sayDay(i.valid_until, language) : '—'), width: 130 },
        { key: 'state', title: t('instruments.state'), render: (i) => <StatusTag kind="instrument" state={i.state} />, width: 100 },
      ]}
      rowKey={(i) => i.id}
      to={(i) => `${base}/${i.number}`}
      empty={{ title: t('instruments.none'), text: t('instruments.none_explain') }}
    />
  )
}
