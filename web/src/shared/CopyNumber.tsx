import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { useEffect, useState, type ReactNode } from 'react'
import { useLanguage } from '../i18n/LanguageProvider'
import { copyText } from './clipboard'
import styles from './CopyNumber.module.css'

interface CopyNumberProps {
  number: string
  /** What stands for the number when it is a link or shortened; the number itself when absent. */
  children?: ReactNode
}

/** A number that people read, dictate and paste elsewhere, with a button that copies it. */
export function CopyNumber({ number, children }: CopyNumberProps) {
  const { t } = useLanguage()
  const [copied, setCopied] = useState(false)

  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [copied])

  return (
    <span className={styles.number}>
      <span className={styles.text}>{children ?? number}</span>
      <button
        type="button"
        className={styles.button}
        aria-label={t(copied ? 'copy.done' : 'copy.number', { number })}
        onClick={() => void copyText(number).then(setCopied)}
      >
        {copied ? <CheckOutlined aria-hidden className={styles.done} /> : <CopyOutlined aria-hidden />}
      </button>
    </span>
  )
}
