import { useLanguage } from '../i18n/LanguageProvider'
import type { Language } from '../i18n/i18n'
import { Facts, type Fact } from '../shared/Facts'
import { Panel } from '../shared/Panel'
import { sayDay, sayTime } from '../shared/time'
import { DueDay } from './DueDay'
import { textAt } from './form/conditions'
import styles from './samples.module.css'
import { isCategory, useCatalogue, type Category, type FormCatalogue, type FormField, type SampleDetail } from './samples_api'
import { categoryWords } from './words'

/** What the sample is: its own facts, then everything that its sampling form says. */
export function FactsPanel({ detail }: { detail: SampleDetail }) {
  const { t, language } = useLanguage()
  const { sample, stage } = detail
  const name = (id: string) => detail.names[id] ?? id
  const facts: Fact[] = [
    { label: t('samples.category'), value: isCategory(sample.category) ? t(categoryWords[sample.category]) : sample.category },
    { label: t('samples.form_number'), value: sample.form_number },
    { label: t('samples.sampled_unit'), value: sample.sampled_unit },
    { label: t('samples.street'), value: sample.street },
    { label: t('samples.sampled_on'), value: sayDay(sample.sampled_on, language) },
    { label: t('samples.samplers'), value: `${name(sample.sampler_1)}, ${name(sample.sampler_2)}` },
    { label: t('samples.quantity'), value: `${sample.quantity} ${sample.unit}` },
    { label: t('samples.received_at'), value: sample.received_at && sayTime(sample.received_at, language) },
    { label: t('samples.due'), value: <DueDay day={sample.due_on} provisional={sample.due_provisional} done={stage === 'issued' || stage === 'refused'} /> },
  ]
  if (sample.refusal) facts.push({ label: t('samples.refusal'), value: sample.refusal })
  return (
    <Panel title={t('samples.facts')}>
      <Facts facts={facts} />
      {isCategory(sample.category) && <FormSheet detail={detail} category={sample.category} />}
    </Panel>
  )
}

function FormSheet({ detail, category }: { detail: SampleDetail; category: Category }) {
  const { t, language } = useLanguage()
  const catalogue = useCatalogue(category)
  return (
    <details className={styles.old}>
      <summary>{t('samples.form_sheet')}</summary>
      <p className={`${styles.quiet} ${styles.hash}`}>
        {t('samples.form_hash')} <code>{detail.sample.form_hash}</code>
      </p>
      {catalogue.data && <Facts facts={filledIn(detail, catalogue.data, language)} />}
    </details>
  )
}

function filledIn(detail: SampleDetail, catalogue: FormCatalogue, language: Language): Fact[] {
  const fields = (catalogue.groups ?? []).flatMap((group) => group.fields ?? [])
  return fields.flatMap((field) => {
    const text = textAt({ ...detail.form }, field.path)
    return text === '' ? [] : [{ label: field[language], value: sayValue(field, text, language) }]
  })
}

function sayValue(field: FormField, text: string, language: Language): string {
  if (field.kind === 'date') return sayDay(text, language)
  return field.choices?.find(({ key }) => key === text)?.[language] ?? text
}

/** The pictures that were taken on site. */
export function PhotosPanel({ detail }: { detail: SampleDetail }) {
  const { t } = useLanguage()
  const photos = detail.photos ?? []
  if (photos.length === 0) return null
  return (
    <Panel title={t('samples.photos')}>
      <div className={styles.photos}>
        {photos.map((photo) => (
          <figure key={photo.file_hash} className={styles.photo}>
            <a href={`/api/v1/files/${photo.file_hash}`} target="_blank" rel="noreferrer">
              <img src={`/api/v1/files/${photo.file_hash}`} alt={photo.caption || t('samples.form.photo')} />
            </a>
            <figcaption className={styles.aside}>{photo.caption}</figcaption>
          </figure>
        ))}
      </div>
    </Panel>
  )
}
