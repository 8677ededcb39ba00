import { WarningFilled } from '@ant-design/icons'
import type { Translate } from '../../i18n/i18n'
import { useLanguage } from '../../i18n/LanguageProvider'
import styles from './ResultGrid.module.css'
import type { Report } from './use_grid_changes'

interface GridFooterProps {
  id: string
  /** What is wrong with the active cell. */
  fault: string | undefined
  report: Report
  /** How many cells are wrong. */
  faults: number
  onNext: () => void
}

/** Below the grid: what is wrong with the active cell, else what the last action did, else how the grid is used. */
export function GridFooter({ id, fault, report, faults, onNext }: GridFooterProps) {
  const { t } = useLanguage()
  return (
    <div className={styles.footer}>
      <div id={id} className={fault === undefined ? styles.note : styles.fault}>
        {fault ?? (report.kind === 'none' && t('grid.help'))}
        <span role="status">{fault === undefined && sayReport(report, t)}</span>
      </div>
      {faults > 0 && (
        <button type="button" className={styles.jump} onClick={onNext}>
          <WarningFilled aria-hidden />
          {t('grid.errors', { count: faults })}
          <span className={styles.next}>{t('grid.next_error')}</span>
        </button>
      )}
    </div>
  )
}

function sayReport(report: Report, t: Translate): string {
  switch (report.kind) {
    case 'none':
      return ''
    case 'undone':
      return t('grid.undone', { changed: report.changed })
    case 'redone':
      return t('grid.redone', { changed: report.changed })
    case 'copied':
      return t('grid.copied', { count: report.count })
    case 'changed': {
      const { changed, skipped, beyond } = report
      const done = skipped === 0 ? t('grid.changed', { changed }) : t('grid.changed_skipped', { changed, skipped })
      return beyond === 0 ? done : done + t('grid.beyond', { count: beyond })
    }
  }
}
