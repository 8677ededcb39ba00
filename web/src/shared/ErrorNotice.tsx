import { CloseCircleFilled, WarningFilled } from '@ant-design/icons'
import { Button } from 'antd'
import { Problem, type FieldProblem } from '../api/problem'
import type { Key, Language, Translate } from '../i18n/i18n'
import { useLanguage } from '../i18n/LanguageProvider'
import styles from './ErrorNotice.module.css'

interface ErrorNoticeProps {
  problem: Error
  /** The faults to list; all of the problem's when absent. Forms pass those that no field of theirs shows. */
  fields?: readonly FieldProblem[]
  onRetry?: () => void
  /** Whether the notice stands alone in place of a page. */
  page?: boolean
}

const sentences: Partial<Record<number, Key>> = {
  0: 'problem.unreachable',
  400: 'problem.invalid',
  401: 'problem.unauthenticated',
  403: 'problem.forbidden',
  404: 'problem.not_found',
  409: 'problem.conflict',
  412: 'problem.outdated',
  413: 'problem.too_large',
  422: 'problem.invalid',
  429: 'problem.too_many',
}

/** Says what went wrong, in the language of the interface, with all reasons at once, and what can be done. */
export function ErrorNotice({ problem, fields, onRetry, page = false }: ErrorNoticeProps) {
  const { t, language } = useLanguage()
  const known = problem instanceof Problem ? problem : new Problem({ status: -1 })
  const soft = known.outcomeUnknown || known.outdated
  const list = fields ?? known.fields
  return (
    <div role="alert" className={[styles.notice, soft && styles.soft, page && styles.page].filter(Boolean).join(' ')}>
      {soft ? <WarningFilled aria-hidden className={styles.icon} /> : <CloseCircleFilled aria-hidden className={styles.icon} />}
      <div className={styles.body}>
        <p className={styles.reason}>{reason(known, language, t)}</p>
        {list.length > 0 && (
          <ul className={styles.list}>
            {list.map((field) => (
              <li key={`${field.path} ${field.code}`}>{field[language]}</li>
            ))}
          </ul>
        )}
        {known.outcomeUnknown && <p className={styles.advice}>{t('problem.kept')}</p>}
        {known.reference !== '' && !known.outdated && <p className={styles.advice}>{t('problem.reference', { reference: known.reference })}</p>}
        {onRetry && (
          <Button size="small" onClick={onRetry}>
            {t(known.outdated ? 'action.reload' : 'action.retry')}
          </Button>
        )}
      </div>
    </div>
  )
}

function reason(problem: Problem, language: Language, t: Translate): string {
  if (problem.code === 'idempotency_key_reused') return t('problem.stored_before')
  if (problem.outdated) return t('problem.outdated') // the server's own words send people to reload the page
  return problem.reason(language) || t(sentences[problem.status] ?? (problem.status >= 500 ? 'problem.server' : 'problem.page'))
}
