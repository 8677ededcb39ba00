import { useLanguage } from '../i18n/LanguageProvider'
import { toneOf, type StateKind } from './states'
import styles from './StatusTag.module.css'

/** A state in words; the colour and the sign before it only repeat what the word says. */
export function StatusTag({ kind, state }: { kind: StateKind; state: string }) {
  const { term } = useLanguage()
  return <span className={`${styles.tag} ${styles[toneOf(kind, state)]}`}>{term(`state.${kind}`, state)}</span>
}
