import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { StatusTag } from '../shared/StatusTag'
import styles from './evaluation_view.module.css'

type Evaluation = components['schemas']['ProcedureEvaluation']
type ItemResult = components['schemas']['ProcedureItemResult']

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
        <ItemView key={item.id} item={item} unit={evaluation.unit} />
      ))}
    </div>
  )
}

function ItemView({ item, unit }: { item: ItemResult; unit: string }) {
  const { t, language } = useLanguage()
  const rows = (item.rows ?? []).filter((row) => Object.keys(row.values ?? {}).length > 0)
  const names = [...new Set(rows.flatMap((row) => [...Object.keys(row.readings), ...Object.keys(row.values ?? {})]))]
  return (
    <section className={styles.item}>
      <h3>
        {item[language]} <StatusTag kind="verdict" state={item.verdict} />
      </h3>
      {rows.length > 0 && (
        <div className={styles.scroll} tabIndex={0} role="region" aria-label={item[language]}>
          <table>
            <thead>
              <tr>
                {names.map((name) => (
                  <th key={name} scope="col">{`${name}/${unit}`}</th>
                ))}
                <th scope="col">{`MPE/${unit}`}</th>
                <th scope="col">{t('documents.conclusion')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row, index) => (
                <tr key={index}>
                  {names.map((name) => (
                    <td key={name}>{row.readings[name] ?? row.values?.[name] ?? '—'}</td>
                  ))}
                  <td>{row.mpe ? `±${row.mpe}` : '—'}</td>
                  <td>
                    <StatusTag kind="verdict" state={row.verdict} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
