import { AutoComplete } from 'antd'
import { useLanguage } from '../i18n/LanguageProvider'
import styles from './analyses.module.css'
import type { FileNames, Names } from './import_names'

interface NamesFormProps {
  wanted: { samples: string[]; items: string[] }
  /** What may be chosen; anything else may be typed. */
  known: { samples: readonly string[]; items: readonly string[] }
  names: FileNames
  onChange: (names: FileNames) => void
}

/** Matches what the file calls samples and items with what they are called here. */
export function NamesForm({ wanted, known, names, onChange }: NamesFormProps) {
  const { t } = useLanguage()
  return (
    <section className={styles.names}>
      <h3>{t('analyses.import.match')}</h3>
      <p className={styles.quiet}>{t('analyses.import.match_explain')}</p>
      <NameFields title={t('analyses.import.match_sample')} wanted={wanted.samples} known={known.samples} names={names.samples} onChange={(samples) => onChange({ ...names, samples })} />
      <NameFields title={t('analyses.import.match_item')} wanted={wanted.items} known={known.items} names={names.items} onChange={(items) => onChange({ ...names, items })} />
    </section>
  )
}

interface NameFieldsProps {
  title: string
  wanted: readonly string[]
  known: readonly string[]
  names: Names
  onChange: (names: Names) => void
}

function NameFields({ title, wanted, known, names, onChange }: NameFieldsProps) {
  if (wanted.length === 0) return null
  return (
    <fieldset className={styles.match}>
      <legend>{title}</legend>
      <div className={styles.fields}>
        {wanted.map((name) => (
          <label key={name} className={styles.name}>
            <span>{name}</span>
            <AutoComplete
              allowClear
              value={names[name] ?? ''}
              options={known.map((value) => ({ value }))}
              showSearch={{ filterOption: (typed, option) => String(option?.value).toLowerCase().includes(typed.toLowerCase()) }}
              onChange={(value: string | undefined) => onChange({ ...names, [name]: value ?? '' })}
            />
          </label>
        ))}
      </div>
    </fieldset>
  )
}
