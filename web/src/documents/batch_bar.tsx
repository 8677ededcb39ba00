import { FileZipOutlined, PrinterOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { answer, api } from '../api/client'
import { FormKey } from '../api/form_key'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { JobCard } from '../shared/jobs/JobCard'
import styles from '../shared/jobs/jobs.module.css'

type Batch = components['schemas']['CertificatesBatch']

interface BatchBarProps {
  /** The filters of the list. */
  query: Readonly<Record<string, string>>
  /** The numbers of the rows that are chosen. */
  chosen: readonly string[]
  /** Takes the choice back. */
  reset: () => void
}

/** Packs or merges the chosen documents, or all that the filters leave; the job that does it is shown until it is closed. */
export function BatchBar({ query, chosen, reset }: BatchBarProps) {
  const { t } = useLanguage()
  const [withdrawn, setWithdrawn] = useState(false)
  const [duplex, setDuplex] = useState(false)
  const [job, setJob] = useState<string>()
  const selection = selectionOf(query, chosen)
  const start = useMutation({
    mutationFn: (form: 'zip' | 'pdf') =>
      answer(
        api.POST('/api/v1/batches', {
          params: { header: new FormKey().header },
          body: { ...selection, as: [form], ...(form === 'pdf' && withdrawn ? { withdrawn } : {}), ...(form === 'pdf' && duplex ? { duplex } : {}) },
        }),
      ),
    onSuccess: ({ id }) => {
      setJob(id)
      reset()
    },
  })
  const none = selection === undefined
  return (
    <>
      <div className={styles.bar}>
        <Button icon={<FileZipOutlined aria-hidden />} disabled={none} loading={start.isPending && start.variables === 'zip'} onClick={() => start.mutate('zip')}>
          {t('batches.zip')}
        </Button>
        <Button icon={<PrinterOutlined aria-hidden />} disabled={none} loading={start.isPending && start.variables === 'pdf'} onClick={() => start.mutate('pdf')}>
          {t('batches.print')}
        </Button>
        <Checkbox checked={withdrawn} onChange={(event) => setWithdrawn(event.target.checked)}>
          {t('batches.print_withdrawn')}
        </Checkbox>
        <Checkbox checked={duplex} onChange={(event) => setDuplex(event.target.checked)}>
          {t('batches.duplex')}
        </Checkbox>
        <span>{chosen.length > 0 ? t('list.chosen', { n: chosen.length }) : t(none ? 'batches.choose' : 'batches.of_filter')}</span>
        {chosen.length > 0 && (
          <Button type="link" onClick={reset}>
            {t('list.choose_none')}
          </Button>
        )}
      </div>
      {start.error && <ErrorNotice problem={start.error} />}
      {job !== undefined && <JobCard key={job} id={job} onClose={() => setJob(undefined)} />}
    </>
  )
}

/** The chosen documents, else those of the filters; undefined when neither says which. */
function selectionOf(query: Readonly<Record<string, string>>, chosen: readonly string[]): Omit<Batch, 'as'> | undefined {
  if (chosen.length > 0) return { numbers: [...chosen] }
  const { q, kind, status, day, order } = query
  if (!q && !kind && !status && !day && !order) return undefined
  return { q, kind, status, day, ...(order ? { orders: [order] } : {}) }
}
