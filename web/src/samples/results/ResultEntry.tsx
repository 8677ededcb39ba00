import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useId, useMemo, useState } from 'react'
import { answer, api } from '../../api/client'
import { FormKey } from '../../api/form_key'
import { Problem } from '../../api/problem'
import { useLanguage } from '../../i18n/LanguageProvider'
import { ErrorNotice } from '../../shared/ErrorNotice'
import { useLeaveGuard } from '../../shared/form/leave_guard'
import type { CellChange } from '../../shared/grid/history'
import { ResultGrid } from '../../shared/grid/ResultGrid'
import type { GridColumn } from '../../shared/grid/types'
import { useDrafts } from '../../shared/grid/use_drafts'
import { Panel } from '../../shared/Panel'
import { bureauToday } from '../bureau_today'
import styles from '../samples.module.css'
import { useEquipment, type ReadSample } from '../samples_api'
import { useStep } from '../steps/use_step'
import { entriesOf, entryRows, isTyped, placeFaults, type Common, type EntryRow } from './entry_rows'
import { EquipmentSelect } from './EquipmentSelect'

const none: readonly string[] = []

/**
 * Enters the results of a sample. The verdicts are the server's: they stand beside the results as soon as it has
 * stored them. What was typed stays to be read when the sample was meanwhile handed on or reported.
 */
export function ResultEntry({ read, allowed }: { read: ReadSample; allowed: boolean }) {
  const { t, language } = useLanguage()
  const step = useStep(read)
  const equipment = useEquipment()
  const drafts = useDrafts()
  const [common, setCommon] = useState<Common>(() => ({ equipment: '', measured_on: bureauToday() }))
  const [sent, setSent] = useState(none)
  const [key] = useState(() => new FormKey())
  const analyses = read.value.analyses
  const rows = useMemo(() => entryRows(analyses ?? [], drafts.rows, common), [analyses, drafts.rows, common])
  const typed = rows.filter(isTyped)
  useLeaveGuard(drafts.rows.size > 0)

  const save = useMutation({
    mutationFn: () => {
      setSent(typed.map(({ id }) => id))
      const body = { results: entriesOf(rows, equipment.data ?? []) }
      return answer(api.POST('/api/v1/samples/{number}/results', { params: step.params, headers: step.headers(key), body }))
    },
    onSettled: (_results, problem) => key.settle(problem instanceof Problem ? problem : undefined),
    onSuccess: () => step.finish('samples.event.result_entered', () => drafts.forget(typed.map(({ id }) => id))),
  })
  const problem = save.error instanceof Problem ? save.error : undefined
  const faults = useMemo(() => placeFaults(problem?.fields ?? [], sent, language), [problem, sent, language])
  const columns = useColumns()

  /** The faults are of what stood there before. */
  function forgetFaults() {
    if (problem && !problem.outcomeUnknown) save.reset()
  }

  function take(changes: readonly CellChange[]) {
    forgetFaults()
    drafts.take(changes)
  }

  async function reload() {
    await step.reload()
    save.reset()
  }

  if (!allowed && typed.length === 0) return null
  return (
    <Panel
      title={t('samples.step.enter_results')}
      actions={
        <Button type="primary" disabled={typed.length === 0 || !allowed} loading={save.isPending} onClick={() => save.mutate()}>
          {t('samples.entry.save', { count: typed.length })}
        </Button>
      }
    >
      {!allowed && <p role="alert" className={styles.gone}>{t('samples.entry.gone')}</p>}
      <ForAll
        common={common}
        onChange={(next) => {
          forgetFaults()
          setCommon(next)
        }}
        numberOf={(id) => equipment.data?.find((each) => each.id === id)?.number ?? ''}
        idOf={(number) => equipment.data?.find((each) => each.number === number)?.id}
      />
      {save.error && <ErrorNotice problem={save.error} fields={faults.rest} onRetry={problem?.outdated ? () => void reload() : undefined} />}
      <ResultGrid label={t('samples.step.enter_results')} rows={rows} rowKey={(row) => row.id} columns={columns} errors={faults.cells} onChange={take} />
    </Panel>
  )
}

interface ForAllProps {
  common: Common
  onChange: (common: Common) => void
  numberOf: (id: string) => string
  idOf: (number: string) => string | undefined
}

/** Equipment and day that hold for every row without a value of its own. */
function ForAll({ common, onChange, numberOf, idOf }: ForAllProps) {
  const { t } = useLanguage()
  const id = useId()
  return (
    <div className={styles.tools}>
      <div className={styles.tool}>
        <label htmlFor={`${id}-equipment`}>{t('samples.entry.equipment_all')}</label>
        <EquipmentSelect id={`${id}-equipment`} value={idOf(common.equipment)} onChange={(chosen) => onChange({ ...common, equipment: numberOf(chosen) })} />
      </div>
      <div>
        <label htmlFor={`${id}-day`}>{t('samples.entry.day_all')}</label>
        <Input id={`${id}-day`} type="date" value={common.measured_on} onChange={(event) => onChange({ ...common, measured_on: event.target.value })} />
      </div>
    </div>
  )
}

function useColumns(): GridColumn<EntryRow>[] {
  const { t } = useLanguage()
  return useMemo(
    () => [
      { key: 'item', title: t('samples.item'), width: 110, frozen: true, read: (row) => row.item },
      { key: 'method', title: t('samples.method'), width: 120, read: (row) => row.method },
      { key: 'raw', title: t('samples.result'), width: 100, align: 'end', measured: true, editable: true, read: (row) => row.raw },
      { key: 'unit', title: t('samples.unit'), width: 80, editable: true, read: (row) => row.unit },
      { key: 'lod', title: t('samples.lod_short'), width: 76, measured: true, editable: true, read: (row) => row.lod },
      { key: 'loq', title: t('samples.loq_short'), width: 76, measured: true, editable: true, read: (row) => row.loq },
      { key: 'basis', title: t('samples.basis'), width: 90, editable: true, read: (row) => row.basis },
      { key: 'equipment', title: t('samples.equipment'), width: 160, grow: true, editable: true, read: (row) => row.equipment },
      { key: 'measured_on', title: t('samples.measured_on'), width: 110, measured: true, editable: true, read: (row) => row.measured_on },
    ],
    [t],
  )
}
