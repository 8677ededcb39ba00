import { AutoComplete } from 'antd'
import { useLanguage } from '../i18n/LanguageProvider'
import styles from './analyses.module.css'
import type { FileNames, Names } from './import_names'

interface NamesFormProps {
  wanted: Record<keyof FileNames, string[]>
  /** What may be chosen; anything else may be typed. */
  known: { samples: readonly string[]; items: readonly string[] }
  names: FileNames
  onChange: (names: FileNames) => void
}

/** Units that results are often stated in. */
const units = ['mg/kg', 'μg/kg', 'g/kg', 'g/100g', 'mg/L', 'μg/L', '%', 'CFU/g']

/** Matches what the file calls samples and items with what they are called here, and its units with units. */
export function NamesForm({ wanted, known, names, onChange }: NamesFormProps) {
  const { t } = useLanguage()
  return (
    <section className={styles.names}>
      <h3>{t('analyses.import.match')}</h3>
      <p className={styles.quiet}>{t('analyses.import.match_explain')}</p>
      <NameFields title={t('analyses.import.match_sample')} wanted={wanted.samples} known={known.samples} names={names.samples} onChange={(samples) => onChange({ ...names, samples })} />
      <NameFields title={t('analyses.import.match_item')} wanted={wanted.items} known={known.items} names={names.items} onChange={(items) => onChange({ ...names, items })} />
      <NameFields title={t('analyses.import.match_unit')} wanted={wanted.units} known={units} names={names.units} onChange={(each) => onChange({ ...names, units: each })} />
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
  const { t } = useLanguage()
  if (wanted.length === 0) return null
  return (
    <fieldset className={styles.match}>
      <legend>{title}</legend>
      <div className={styles.fields}>
        {wanted.map((name) => (
          <label key={name} className={styles.name}>
            <span>{name || t('analyses.import.no_unit')}</span>
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
