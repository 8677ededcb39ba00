import { Button } from 'antd'
import { useLanguage } from '../src/i18n/LanguageProvider'
import { CopyNumber } from '../src/shared/CopyNumber'
import type { Column } from '../src/shared/list/DataTable'
import { ListPage } from '../src/shared/list/ListPage'
import { StatusTag } from '../src/shared/StatusTag'

interface Sample {
  number: string
  product: string
  unit: string
  state: string
  sampled: string
  quantity: string
}

interface Query {
  q?: string
  state?: string
  from?: string
  cursor?: string
}

const sampleStates = ['collected', 'in_transit', 'received', 'refused']
const products = ['花生油', '白菜', '纯净水', '阿莫西林胶囊', '车用汽油（ⅥB）92号', '烟煤']
const units = ['济南市长清区某某超市有限公司', '长清区文昌街道农贸市场12号摊位', '平安街道幼儿园食堂']
const samples = Array.from({ length: 64 }, (_, index) => makeSample(index))

function makeSample(index: number): Sample {
  return {
    number: `SP370113-2026-${String(index + 1).padStart(5, '0')}`,
    product: products[index % products.length] ?? '',
    unit: units[index % units.length] ?? '',
    state: sampleStates[index % sampleStates.length] ?? '',
    sampled: `2026-09-${String((index % 28) + 1).padStart(2, '0')}`,
    quantity: `${(index + 2) * 0.5} kg`,
  }
}

const size = 12

async function load({ q = '', state, cursor = '0' }: Query) {
  const found = samples.filter((sample) => (!state || sample.state === state) && `${sample.number}${sample.product}`.includes(q))
  const start = Number(cursor)
  const next = start + size < found.length ? { next: String(start + size) } : {}
  return { items: found.slice(start, start + size), ...next }
}

/** A list as every page of the app shows it. */
export function ListSection() {
  const { t, term, language } = useLanguage()
  const zh = language === 'zh'
  const columns: Column<Sample>[] = [
    { key: 'number', title: zh ? '样品编号' : 'Number', width: 200, render: (row) => row.number },
    { key: 'product', title: zh ? '样品名称' : 'Product', render: (row) => row.product },
    { key: 'unit', title: zh ? '被抽样单位' : 'Sampled unit', render: (row) => row.unit },
    { key: 'quantity', title: zh ? '数量' : 'Quantity', width: 100, align: 'end', render: (row) => row.quantity },
    { key: 'sampled', title: zh ? '抽样日期' : 'Sampled on', width: 130, render: (row) => row.sampled },
    { key: 'state', title: zh ? '状态' : 'State', width: 120, render: (row) => <StatusTag kind="sample" state={row.state} /> },
    { key: 'copy', title: zh ? '复制' : 'Copy', width: 80, render: (row) => <CopyNumber number={row.number}>{''}</CopyNumber> },
  ]
  return (
    <ListPage<Sample, Query>
      title={t('nav.samples')}
      lead={zh ? '每一批次从抽样单到报告。' : 'Each batch from its sampling form to its report.'}
      actions={<Button type="primary">{zh ? '登记样品' : 'Register a sample'}</Button>}
      queryKey={['gallery']}
      load={load}
      filters={[
        { kind: 'text', name: 'q', label: zh ? '查找' : 'Find', placeholder: zh ? '编号、样品名称' : 'Number or product' },
        { kind: 'choice', name: 'state', label: zh ? '状态' : 'State', choices: sampleStates.map((value) => ({ value, label: term('state.sample', value) })) },
        { kind: 'day', name: 'from', label: zh ? '抽样日期起' : 'Sampled from' },
      ]}
      columns={columns}
      rowKey={(row) => row.number}
      to={(row) => `/list?q=${row.number}`}
      empty={{ title: '', text: '' }}
    />
  )
}
