import type { ReactNode } from 'react'
import styles from './Facts.module.css'

export interface Fact {
  label: string
  /** A blank value is shown as a dash, so that a missing fact is seen to be missing. */
  value: ReactNode
}

/** The facts of a thing, as pairs of name and value, in as many columns as there is room for. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={styles.facts}>
      {facts.map(({ label, value }) => (
        <div key={label} className={styles.fact}>
          <dt>{label}</dt>
          <dd>{value === undefined || value === null || value === '' ? '—' : value}</dd>
        </div>
      ))}
    </dl>
  )
}
