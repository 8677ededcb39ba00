import { Form, Input, Select } from 'antd'
import { useState } from 'react'
import { answer, api } from '../../api/client'
import { useLanguage } from '../../i18n/LanguageProvider'
import { useSession } from '../../session/SessionProvider'
import { EquipmentSelect } from '../results/EquipmentSelect'
import styles from '../samples.module.css'
import type { Entry, Result } from '../samples_api'
import { closedSeals } from './SealChecks'
import type { StepProps } from './StepBar'
import { StepDrawer } from './StepDrawer'
import { ReasonField } from './StepFields'

/** The technician opens the seal of a test portion that he holds. */
export function BreakSeal({ read, onClose }: StepProps) {
  const { t } = useLanguage()
  const { session } = useSession()
  const held = (read.value.portions ?? []).filter(({ role, holders }) => role === 'test' && holders?.includes(session.id))
  const seals = closedSeals(read.value, held.map(({ id }) => id))
  return (
    <StepDrawer<{ seal_id: string; why: string }>
      read={read}
      action="samples.step.break_seal"
      done="samples.event.seal_broken"
      initial={{ seal_id: seals[0]?.id, why: t('samples.seal_why_usual') }}
      submit={(body, { params, headers }, key) => answer(api.POST('/api/v1/samples/{number}/break-seal', { params, headers: headers(key), body }))}
      onClose={onClose}
    >
      <Form.Item name="seal_id" label={t('samples.seal')} required>
        <Select options={seals.map(({ id, number }) => ({ value: id, label: number }))} />
      </Form.Item>
      <Form.Item name="why" label={t('samples.reason')} required>
        <Input maxLength={200} />
      </Form.Item>
    </StepDrawer>
  )
}

interface CorrectValues {
  entry: Entry
  reason: string
  second_login: string
  second_password: string
}

/** The server names the second person by what he does. */
const renamed = { agreed_by: 'second_login' }

/** A new version of a result, to which a second person agrees on this device. */
export function Correct({ read, onClose }: StepProps) {
  const { t } = useLanguage()
  const choices = (read.value.analyses ?? []).filter(({ results }) => (results ?? []).length > 0)
  const [chosen, choose] = useState(choices[0]?.id ?? '')
  const entry = (id: string) => entryOf(choices.find((each) => each.id === id)?.results?.at(-1))
  return (
    <StepDrawer<CorrectValues>
      read={read}
      action="samples.step.correct"
      done="samples.event.result_corrected"
      initial={{ entry: entry(chosen) }}
      renamed={renamed}
      submit={({ entry: typed, ...values }, { params, headers }, key) => {
        const body = { ...values, entry: { ...typed, analysis_id: chosen } }
        return answer(api.POST('/api/v1/samples/{number}/correct', { params, headers: headers(key), body }))
      }}
      onClose={onClose}
      width={620}
    >
      <ItemChoice
        value={chosen}
        options={choices.map(({ id, item, method }) => ({ value: id, label: `${item} · ${method}` }))}
        entryOf={entry}
        onChange={choose}
      />
      <div className={styles.fields}>
        <Form.Item name={['entry', 'raw']} label={t('samples.result')} required>
          <Input />
        </Form.Item>
        <Form.Item name={['entry', 'unit']} label={t('samples.unit')}>
          <Input />
        </Form.Item>
        <Form.Item name={['entry', 'lod']} label={t('samples.lod')}>
          <Input />
        </Form.Item>
        <Form.Item name={['entry', 'loq']} label={t('samples.loq')}>
          <Input />
        </Form.Item>
        <Form.Item name={['entry', 'basis']} label={t('samples.basis')}>
          <Input />
        </Form.Item>
        <Form.Item name={['entry', 'measured_on']} label={t('samples.measured_on')} required>
          <Input type="date" />
        </Form.Item>
        <Form.Item className={styles.wide} name={['entry', 'equipment_id']} label={t('samples.equipment')} required>
          <EquipmentSelect />
        </Form.Item>
      </div>
      <ReasonField />
      <blockquote className={styles.declare}>{t('samples.second_person')}</blockquote>
      <div className={styles.fields}>
        <Form.Item name="second_login" label={t('samples.second_login')} rules={[{ required: true, message: t('signin.login_missing') }]}>
          <Input autoComplete="off" autoCapitalize="none" spellCheck={false} />
        </Form.Item>
        <Form.Item name="second_password" label={t('samples.second_password')} rules={[{ required: true, message: t('signin.password_missing') }]}>
          <Input.Password autoComplete="off" />
        </Form.Item>
      </div>
    </StepDrawer>
  )
}

interface ItemChoiceProps {
  value: string
  options: { value: string; label: string }[]
  entryOf: (id: string) => Entry
  onChange: (id: string) => void
}

/** Whose result is corrected; another item brings its own result into the fields, and the reason and the second person stay. */
function ItemChoice({ value, options, entryOf: entry, onChange }: ItemChoiceProps) {
  const { t } = useLanguage()
  const form = Form.useFormInstance<CorrectValues>()
  function change(id: string) {
    onChange(id)
    form.setFieldValue('entry', entry(id))
  }
  return (
    <Form.Item label={t('samples.item')}>
      <Select aria-label={t('samples.item')} value={value} onChange={change} options={options} />
    </Form.Item>
  )
}

function entryOf(result: Result | undefined): Entry {
  if (result === undefined) return {}
  const { raw, unit, lod, loq, basis, equipment_id, measured_on } = result
  return { raw, unit, lod, loq, basis, equipment_id, measured_on }
}
