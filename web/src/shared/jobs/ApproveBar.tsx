import { Button } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { useLanguage } from '../../i18n/LanguageProvider'
import { SignDialog } from '../form/SignDialog'
import { JobCard } from './JobCard'
import styles from './jobs.module.css'

/** What is approved, in the version that is shown. */
export interface Approvable {
  number: string
  version: number
  name: string
}

interface ApproveBarProps {
  kind: 'verification' | 'report'
  chosen: readonly Approvable[]
  /** Takes the choice back. */
  reset: () => void
  /** Reads the list anew. */
  refresh: () => Promise<unknown>
}

/** Approves what is chosen with one signature; the job that does it is shown until it has ended. */
export function ApproveBar({ kind, chosen, reset, refresh }: ApproveBarProps) {
  const { t } = useLanguage()
  const [signing, setSigning] = useState(false)
  const [job, setJob] = useState<string>()
  return (
    <>
      <div className={styles.bar}>
        <Button type="primary" disabled={chosen.length === 0} onClick={() => setSigning(true)}>
          {t('approvals.approve')}
        </Button>
        <span>{chosen.length === 0 ? t('approvals.choose') : t('list.chosen', { n: chosen.length })}</span>
        {chosen.length > 0 && (
          <Button type="link" onClick={reset}>
            {t('list.choose_none')}
          </Button>
        )}
      </div>
      {job !== undefined && <JobCard key={job} id={job} onEnd={() => void refresh()} onClose={() => setJob(undefined)} />}
      {signing && (
        <SignDialog
          open
          meaning={t('approvals.meaning', { n: chosen.length })}
          action={t('approvals.approve')}
          submit={({ password }, key) =>
            answer(
              api.POST('/api/v1/approvals', {
                params: { header: key.header },
                body: { kind, password, items: chosen.map(({ number, version }) => ({ number, version })) },
              }),
            )
          }
          onOutdated={refresh}
          onSigned={(started) => {
            setJob(started.id)
            setSigning(false)
            reset()
          }}
          onCancel={() => setSigning(false)}
        >
          <p>{t('approvals.explain')}</p>
          <ol className={styles.numbers}>
            {chosen.map((each) => (
              <li key={each.number}>
                {each.number} {each.name}
              </li>
            ))}
          </ol>
        </SignDialog>
      )}
    </>
  )
}
