import { Button } from 'antd'
import { useState } from 'react'
import { useLanguage } from '../i18n/LanguageProvider'
import { DataTable, type Column } from '../shared/list/DataTable'
import { StatusTag } from '../shared/StatusTag'
import styles from './analyses.module.css'
import type { RowOutcome } from './analyses_api'

const step = 200

/** What becomes of each row of an instrument file; rows that are not taken in say why. */
export function OutcomeTable({ rows, preview = false }: { rows: readonly RowOutcome[]; preview?: boolean }) {
  const { t, language } = useLanguage()
  const [count, setCount] = useState(step)
  const columns: Column<RowOutcome>[] = [
    { key: 'line', title: t('analyses.import.line'), width: 70, render: (row) => row.line },
    { key: 'outcome', title: t('analyses.import.outcome'), width: 120, render: (row) => <Outcome row={row} preview={preview} /> },
    { key: 'sample', title: t('analyses.sample'), width: 180, render: (row) => row.sample || '—' },
    { key: 'item', title: t('analyses.item'), width: 140, render: (row) => row.item || '—' },
    { key: 'raw', title: t('analyses.import.raw'), width: 140, render: (row) => `${row.raw} ${row.unit}`.trim() || '—' },
    { key: 'verdict', title: t('analyses.import.verdict'), width: 100, render: (row) => (row.verdict ? <StatusTag kind="verdict" state={row.verdict} /> : '—') },
    { key: 'reason', title: t('analyses.import.reason'), render: (row) => (language === 'zh' ? row.reason_zh : row.reason_en) || '—' },
  ]
  if (rows.length === 0) return null
  return (
    <div className={styles.table}>
      <DataTable label={t('analyses.import.rows')} columns={columns} rows={rows.slice(0, count)} rowKey={(row) => `${row.line} ${row.item}`} />
      {count < rows.length && <Button onClick={() => setCount(count + step)}>{t('analyses.import.more', { count: rows.length - count })}</Button>}
    </div>
  )
}

function Outcome({ row, preview }: { row: RowOutcome; preview: boolean }) {
  const { t } = useLanguage()
  if (!preview) return <StatusTag kind="import_row" state={row.outcome} />
  return <>{t(row.outcome === 'imported' ? 'analyses.import.will_import' : 'analyses.import.will_list')}</>
}
