import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useNavigate } from 'react-router'
import { answer, api } from '../api/client'
import type { components, paths } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import type { Column } from '../shared/list/DataTable'
import { ListPage } from '../shared/list/ListPage'
import { states } from '../shared/states'
import { StatusTag } from '../shared/StatusTag'
import { DueDay } from './DueDay'
import { categories, isCategory } from './samples_api'
import { categoryWords } from './words'

type Row = components['schemas']['LimsRow']
type Query = NonNullable<paths['/api/v1/samples']['get']['parameters']['query']>

const registrars = ['sampler', 'custodian']
const stages = Object.keys(states.sample).filter((stage) => stage !== 'under_way')

/** Every sample of the bureau, from its sampling form to its report. */
export default function SamplesPage() {
  const { t, term } = useLanguage()
  const { session } = useSession()
  const navigate = useNavigate()
  const columns: Column<Row>[] = [
    { key: 'number', title: t('samples.number'), width: 190, render: (row) => row.number },
    { key: 'product', title: t('samples.product'), render: (row) => row.product_name },
    { key: 'category', title: t('samples.category'), width: 100, render: (row) => (isCategory(row.category) ? t(categoryWords[row.category]) : row.category) },
    { key: 'unit', title: t('samples.sampled_unit'), render: (row) => row.sampled_unit },
    { key: 'street', title: t('samples.street'), width: 110, render: (row) => row.street },
    { key: 'stage', title: t('samples.stage'), width: 110, render: (row) => <StatusTag kind="sample" state={row.stage} /> },
    { key: 'entered', title: t('samples.results'), width: 80, align: 'end', render: (row) => `${row.entered}/${row.analyses}` },
    { key: 'due', title: t('samples.due'), width: 140, render: (row) => <DueDay day={row.due_on} provisional={row.due_provisional} done={row.stage === 'issued' || row.stage === 'refused'} /> },
  ]
  const register = session.roles.some((role) => registrars.includes(role)) && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => void navigate('/samples/new')}>
      {t('samples.register')}
    </Button>
  )
  return (
    <ListPage<Row, Query>
      title={t('nav.samples')}
      lead={t('samples.lead')}
      actions={register || undefined}
      queryKey={['samples']}
      load={(query) => answer(api.GET('/api/v1/samples', { params: { query } }))}
      filters={[
        { kind: 'text', name: 'q', label: t('samples.find'), placeholder: t('samples.find_hint') },
        { kind: 'choice', name: 'category', label: t('samples.category'), choices: categories.map((value) => ({ value, label: t(categoryWords[value]) })) },
        { kind: 'choice', name: 'stage', label: t('samples.stage'), choices: stages.map((value) => ({ value, label: term('state.sample', value) })) },
        { kind: 'text', name: 'street', label: t('samples.street') },
        { kind: 'day', name: 'due_before', label: t('samples.due_before') },
      ]}
      columns={columns}
      rowKey={(row) => row.number}
      to={(row) => `/samples/${encodeURIComponent(row.number)}`}
      empty={{ title: t('samples.none'), text: t('samples.none_explain') }}
    />
  )
}
