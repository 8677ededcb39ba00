import { Button, Radio } from 'antd'
import { useMemo } from 'react'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import type { CellChange } from '../shared/grid/history'
import { ResultGrid } from '../shared/grid/ResultGrid'
import type { GridColumn } from '../shared/grid/types'
import { sentenceCase } from '../shared/sentence_case'
import styles from './evaluation_view.module.css'
import { meant, newRow, type Draft, type Row } from './readings'
import { sayCell, useColumnTitle } from './words'

type Item = components['schemas']['ProcedurePlannedItem']

interface ItemFormProps {
  item: Item
  unit: string
  draft: Draft
  onDraft: (change: (now: Draft) => Draft) => void
}

/** Where one item is recorded: the answers of a check, or a grid with a row for each measurement. */
export function ItemForm(props: ItemFormProps) {
  return props.item.kind === 'measure' ? <MeasureForm {...props} /> : <CheckForm {...props} />
}

/** One answer for each question; a check without questions is one itself. */
function CheckForm({ item, draft, onDraft }: ItemFormProps) {
  const { t, language } = useLanguage()
  const questions = item.questions ?? [{ id: 'ok', ...item.title }]
  const answers = draft.checks[item.id] ?? {}
  const say = (given: Record<string, boolean>) =>
    onDraft((now) => ({ ...now, checks: { ...now.checks, [item.id]: { ...now.checks[item.id], ...given } } }))
  return (
    <section className={styles.item}>
      <h3>{sentenceCase(item.title[language])}</h3>
      {questions.map((question) => (
        <div key={question.id} className={styles.question}>
          <span id={`check-${item.id}-${question.id}`}>{question[language]}</span>
          <Radio.Group
            aria-labelledby={`check-${item.id}-${question.id}`}
            value={answers[question.id]}
            options={[
              { value: true, label: t('verifications.conforms') },
              { value: false, label: t('verifications.conforms_not') },
            ]}
            onChange={(event) => say({ [question.id]: event.target.value === true })}
          />
        </div>
      ))}
      {questions.length > 1 && (
        <Button size="small" className={styles.add} onClick={() => say(Object.fromEntries(questions.map(({ id }) => [id, true])))}>
          {t('verifications.all_conform')}
        </Button>
      )}
    </section>
  )
}

function MeasureForm({ item, unit, draft, onDraft }: ItemFormProps) {
  const { t, language } = useLanguage()
  const rows = draft.rows[item.id] ?? []
  const titleOf = useColumnTitle(unit)
  const columns = useMemo<GridColumn<Row>[]>(() => {
    const readings = (item.readings ?? []).map((reading) => ({
      key: reading.name,
      title: titleOf(reading),
      width: widthOf(titleOf(reading)),
      measured: (reading.kind ?? 'number') === 'number',
      editable: true,
      align: 'end' as const,
      read: (row: Row) => sayCell(t, reading.kind, row.cells[reading.name] ?? ''),
    }))
    if ((item.points ?? []).length === 0) return readings
    const point = { key: 'point', title: t('verifications.point'), width: 190, read: (row: Row) => sayPoint(row, language, t('verifications.suggested')) }
    const mpe = { key: 'mpe', title: `MPE/${unit}`, width: 90, align: 'end' as const, read: (row: Row) => (row.point?.mpe ? `±${row.point.mpe}` : '') }
    return [point, ...readings, ...((item.points ?? []).some((p) => p.mpe) ? [mpe] : [])]
  }, [item, unit, language, t, titleOf])
  const kinds = useMemo(() => new Map((item.readings ?? []).map(({ name, kind }) => [name, kind])), [item])
  const setRows = (change: (rows: readonly Row[]) => Row[]) =>
    onDraft((now) => ({ ...now, rows: { ...now.rows, [item.id]: change(now.rows[item.id] ?? []) } }))
  return (
    <section className={styles.item}>
      <h3>{sentenceCase(item.title[language])}</h3>
      <ResultGrid<Row>
        label={item.title[language]}
        rows={rows}
        rowKey={(row) => row.id}
        columns={columns}
        maxHeight="420px"
        onChange={(changes) => setRows((now) => changed(now, changes, kinds))}
      />
      <Button size="small" className={styles.add} onClick={() => setRows((now) => [...now, newRow(item, now.length)])}>
        {t('verifications.add_row')}
      </Button>
    </section>
  )
}

/** A width in pixels that the title fits in. */
function widthOf(title: string): number {
  const text = [...title].reduce((sum, character) => sum + (character > '\u2e80' ? 14 : 8), 0)
  return Math.max(110, text + 28)
}

function sayPoint({ point }: Row, language: 'zh' | 'en', suggested: string): string {
  if (!point) return ''
  return point.suggested ? suggested : point.title[language]
}

function changed(rows: readonly Row[], changes: readonly CellChange[], kinds: ReadonlyMap<string, string | undefined>): Row[] {
  return rows.map((row) => {
    const own = changes.filter((change) => change.row === row.id)
    if (own.length === 0) return row
    return { ...row, cells: { ...row.cells, ...Object.fromEntries(own.map(({ column, after }) => [column, meant(kinds.get(column), after)])) } }
  })
}
