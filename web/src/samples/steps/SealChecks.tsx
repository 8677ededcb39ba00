import { Form, Input, Select } from 'antd'
import { useLanguage } from '../../i18n/LanguageProvider'
import { states } from '../../shared/states'
import styles from '../samples.module.css'
import type { SampleDetail, Seal } from '../samples_api'

/** What the receiver reports of one seal. */
export interface SealReading {
  seal_id: string
  read_number?: string
  finding?: string
}

/** The seals that are still closed on these portions: each must be looked at before they are taken over. */
export function closedSeals(detail: SampleDetail, portions: readonly string[]): Seal[] {
  return (detail.portions ?? [])
    .filter(({ id }) => portions.includes(id))
    .flatMap(({ seals }) => seals ?? [])
    .filter(({ broken_at }) => broken_at === undefined)
}

/** Readings to be filled in for these seals. */
export function blankReadings(seals: readonly Seal[]): SealReading[] {
  return seals.map(({ id }) => ({ seal_id: id, read_number: '' }))
}

/** Those readings in which something was filled in. */
export function madeReadings(checks: readonly SealReading[] = []): SealReading[] {
  return checks.filter(({ read_number, finding }) => Boolean(read_number) || finding !== undefined)
}

/** For each seal the number as it is read off the seal itself, and in what state it is. */
export function SealChecks({ seals, optional = false }: { seals: readonly Seal[]; optional?: boolean }) {
  const { t, term } = useLanguage()
  if (seals.length === 0) return <p className={styles.quiet}>{t('samples.no_closed_seals')}</p>
  const findings = Object.keys(states.seal).map((value) => ({ value, label: term('state.seal', value) }))
  return (
    <Form.List name="checks">
      {(_fields, _operations, { errors }) => (
        <>
          <p className={styles.quiet}>{t(optional ? 'samples.seals_look_optional' : 'samples.seals_look')}</p>
          <Form.ErrorList errors={errors} />
          {seals.map((seal, at) => (
            <div key={seal.id} className={styles.card}>
              <Form.Item name={[at, 'seal_id']} hidden>
                <Input />
              </Form.Item>
              <div className={styles.fields}>
                <Form.Item name={[at, 'read_number']} label={t('samples.seal_number_read', { number: seal.number })}>
                  <Input autoComplete="off" maxLength={40} />
                </Form.Item>
                <Form.Item
                  name={[at, 'finding']}
                  label={t('samples.seal_finding', { number: seal.number })}
                  rules={optional ? [] : [{ required: true, message: t('samples.seal_finding_missing') }]}
                >
                  <Select options={findings} allowClear={optional} />
                </Form.Item>
              </div>
            </div>
          ))}
        </>
      )}
    </Form.List>
  )
}
