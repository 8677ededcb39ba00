import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { sentenceCase } from '../shared/sentence_case'
import { StatusTag } from '../shared/StatusTag'
import styles from './evaluation_view.module.css'
import { sayCell } from './words'

type Evaluation = components['schemas']['ProcedureEvaluation']
type ItemResult = components['schemas']['ProcedureItemResult']
type Column = components['schemas']['ProcedureColumn']
type Group = components['schemas']['ProcedureGroupResult']

/** Everything that follows from the readings: each computed value beside its limit, each verdict, and what is missing. */
export function EvaluationView({ evaluation }: { evaluation: Evaluation }) {
  const { language } = useLanguage()
  const missing = evaluation.missing ?? []
  return (
    <div>
      {missing.length > 0 && (
        <ul className={styles.missing}>
          {missing.map((m) => (
            <li key={`${m.path} ${m.code} ${m.zh}`}>{m[language]}</li>
          ))}
        </ul>
      )}
      {(evaluation.items ?? []).map((item) => (
        <ItemView key={item.id} item={item} />
      ))}
    </div>
  )
}

function ItemView({ item }: { item: ItemResult }) {
  const { language } = useLanguage()
  return (
    <section className={styles.item}>
      <h3>
        {sentenceCase(item[language])} <StatusTag kind="verdict" state={item.verdict} />
      </h3>
      <RowTable item={item} />
      {(item.groups ?? []).map((group, index) => (
        <GroupLine key={index} group={group} columns={item.group_columns ?? []} />
      ))}
    </section>
  )
}

/** The rows as they were measured, without the columns that none of them fills. */
function RowTable({ item }: { item: ItemResult }) {
  const { t, language } = useLanguage()
  const rows = item.rows ?? []
  const textOf = (row: (typeof rows)[number], { name, kind }: Column) => {
    const read = row.readings[name]
    return read === undefined ? row.values?.[name] : sayCell(t, kind, read)
  }
  const columns = (item.columns ?? []).filter((column) => rows.some((row) => textOf(row, column)))
  const limited = rows.some((row) => limitsOf(row.checks))
  if (columns.length === 0) return null
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={item[language]}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name, title, unit }) => (
              <th key={name} scope="col">
                {unit ? `${title[language]}/${unit}` : title[language]}
              </th>
            ))}
            {limited && <th scope="col">{t('verifications.limit')}</th>}
            <th scope="col">{t('documents.conclusion')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column.name}>{textOf(row, column) ?? '—'}</td>
              ))}
              {limited && <td>{limitsOf(row.checks) || '—'}</td>}
              <td>
                <StatusTag kind="verdict" state={row.verdict} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What rows that belong together give, such as the repeatability at a load. */
function GroupLine({ group, columns }: { group: Group; columns: readonly Column[] }) {
  const { language } = useLanguage()
  const values = columns.flatMap(({ name, title, unit }) => {
    const value = group.values?.[name]
    return value === undefined ? [] : [`${title[language]} ${value}${unit ? ` ${unit}` : ''}`]
  })
  const limits = limitsOf(group.checks)
  if (values.length === 0) return null
  return (
    <p className={styles.group}>
      {[...values, limits].filter(Boolean).join(' · ')} {group.verdict && <StatusTag kind="verdict" state={group.verdict} />}
    </p>
  )
}

function limitsOf(checks: components['schemas']['ProcedureCheck'][] | null | undefined): string {
  return (checks ?? []).flatMap(({ limit }) => limit || []).join('；')
}
