import { useMemo, useState } from 'react'
import { useLanguage } from '../src/i18n/LanguageProvider'
import { useLeaveGuard } from '../src/shared/form/leave_guard'
import { ResultGrid } from '../src/shared/grid/ResultGrid'
import { cellName, type GridColumn } from '../src/shared/grid/types'
import { useDrafts } from '../src/shared/grid/use_drafts'
import { PageHeader } from '../src/shared/PageHeader'
import { StatusTag } from '../src/shared/StatusTag'

interface Row {
  id: string
  sample: string
  item: string
  limit: string
  value: string
  unit: string
  note: string
}

const items = [
  ['铅', '≤0.3', 'mg/kg'],
  ['镉', '≤0.2', 'mg/kg'],
  ['菌落总数', '≤10⁴', 'CFU/g'],
  ['苯甲酸', '不得使用', 'g/kg'],
  ['水分', '≤14.0', 'g/100g'],
] as const

function makeRows(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const [item, limit, unit] = items[index % items.length] ?? items[0]
    const sample = `SP370113-2026-${String(Math.floor(index / items.length) + 1).padStart(5, '0')}`
    return { id: `r${index}`, sample, item, limit, value: '', unit, note: '' }
  })
}

const readable = /^(?:[<>≤≥]?\s?-?\d+(?:\.\d+)?(?:[eE]-?\d+)?|ND|未检出|)$/
const choices = [40, 5000]

/** The grid with samples and items; a value that is no number is marked. */
export function GridSection() {
  const { t, language } = useLanguage()
  const [count, setCount] = useState(choices[0] ?? 0)
  const stored = useMemo(() => makeRows(count), [count])
  const drafts = useDrafts()
  useLeaveGuard(drafts.rows.size > 0)
  const rows = useMemo(() => stored.map((row) => ({ ...row, ...drafts.rows.get(row.id) })), [stored, drafts.rows])
  const columns = useMemo<GridColumn<Row>[]>(
    () => [
      { key: 'sample', title: t('nav.samples'), width: 190, frozen: true, read: (row) => row.sample },
      { key: 'item', title: t('nav.analyses'), width: 120, read: (row) => row.item },
      { key: 'value', title: language === 'zh' ? '结果' : 'Result', width: 140, align: 'end', measured: true, editable: true, read: (row) => row.value },
      { key: 'unit', title: language === 'zh' ? '单位' : 'Unit', width: 90, read: (row) => row.unit },
      { key: 'limit', title: language === 'zh' ? '限量' : 'Limit', width: 110, read: (row) => row.limit },
      { key: 'verdict', title: language === 'zh' ? '判定' : 'Verdict', width: 130, read: verdict, render: (row) => verdict(row) && <StatusTag kind="verdict" state={verdict(row)} /> },
      { key: 'note', title: language === 'zh' ? '备注' : 'Note', width: 200, grow: true, editable: true, read: (row) => row.note },
    ],
    [t, language],
  )
  const errors = useMemo(() => faults(rows, language === 'zh' ? '无法识别的结果' : 'not a result'), [rows, language])
  return (
    <>
      <PageHeader title="ResultGrid" lead={`${rows.length} × ${columns.length}`} />
      <p>
        {choices.map((choice) => (
          <button key={choice} type="button" aria-pressed={choice === count} onClick={() => setCount(choice)}>
            {choice}
          </button>
        ))}
      </p>
      <ResultGrid
        label={t('nav.analyses')}
        rows={rows}
        rowKey={(row) => row.id}
        columns={columns}
        errors={errors}
        onChange={drafts.take}
        maxHeight="560px"
      />
      <p data-testid="drafts">{drafts.rows.size}</p>
    </>
  )
}

function verdict(row: Row): string {
  if (row.value === '') return ''
  return readable.test(row.value) ? 'pass' : 'undetermined'
}

function faults(rows: readonly Row[], sentence: string): ReadonlyMap<string, string> {
  return new Map(rows.filter((row) => !readable.test(row.value)).map((row) => [cellName(row.id, 'value'), sentence]))
}
