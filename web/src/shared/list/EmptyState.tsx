import type { ReactNode } from 'react'
import styles from './EmptyState.module.css'

export interface EmptyStateProps {
  /** What is not there yet. */
  title: string
  /** What would stand here, and how it gets here. */
  text: string
  action?: ReactNode
  /** Whether it stands in the place of a whole page, so that its title is the page's. */
  page?: boolean
}

/** Stands in the place of an empty list and teaches what to do. */
export function EmptyState({ title, text, action, page = false }: EmptyStateProps) {
  const Heading = page ? 'h1' : 'h2'
  return (
    <div className={styles.empty}>
      <svg width="120" height="72" viewBox="0 0 120 72" aria-hidden="true">
        <g fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
          <path d="M60 10v50M46 62h28M24 18h72" />
          <path d="M24 18 12 44M24 18l12 26M96 18 84 44M96 18l12 26" />
          <path d="M11 44a13 9 0 0 0 26 0zM83 44a13 9 0 0 0 26 0z" strokeDasharray="3 4" />
        </g>
      </svg>
      <Heading>{title}</Heading>
      <p>{text}</p>
      {action}
    </div>
  )
}
