import { Form, Input, Select } from 'antd'
import { memo, useMemo, type ReactNode } from 'react'
import { useLanguage } from '../../i18n/LanguageProvider'
import { fieldName } from '../../shared/form/field_path'
import { Panel } from '../../shared/Panel'
import { sentenceCase } from '../../shared/sentence_case'
import styles from '../samples.module.css'
import type { FormCatalogue, FormField } from '../samples_api'
import { decidingPaths, isAsked, isRequired, textAt, type Filled } from './conditions'

interface CatalogueFieldsProps {
  catalogue: FormCatalogue
  /** What else stands in a block of the form, by the key of the block. */
  extra: Partial<Record<string, ReactNode>>
}

/** The fields of a category's form in the blocks of the printed one; the server says which there are. */
export function CatalogueFields({ catalogue, extra }: CatalogueFieldsProps) {
  const { language } = useLanguage()
  const paths = useMemo(() => decidingPaths(catalogue), [catalogue])
  // Only what decides over other fields is watched: a letter typed elsewhere draws nothing anew.
  const deciding = Form.useWatch((values: Filled) => JSON.stringify(paths.map((path) => textAt(values, path))), Form.useFormInstance())
  const at = useMemo(() => {
    const texts: unknown = JSON.parse(deciding ?? '[]')
    return (path: string) => (Array.isArray(texts) ? String(texts[paths.indexOf(path)] ?? '') : '')
  }, [deciding, paths])
  return (catalogue.groups ?? []).map((group) => {
    const fields = (group.fields ?? []).filter((field) => isAsked(field, at))
    if (fields.length === 0 && extra[group.key] === undefined) return null
    return (
      <Panel key={group.key} title={group[language]}>
        <div className={styles.fields}>
          {extra[group.key]}
          {fields.map((field) => (
            <CatalogueField key={field.path} field={field} required={isRequired(field, at)} />
          ))}
        </div>
      </Panel>
    )
  })
}

const long = 300

const CatalogueField = memo(function CatalogueField({ field, required }: { field: FormField; required: boolean }) {
  const { t, language } = useLanguage()
  const label = sentenceCase(field[language])
  return (
    <Form.Item
      className={(field.max ?? 0) >= long ? styles.wide : undefined}
      name={fieldName(field.path)}
      label={label}
      required={required}
      rules={required ? [{ required: true, message: t('samples.form.missing', { label }) }] : []}
    >
      {control(field, language, t('samples.form.yes'), t('samples.form.no'))}
    </Form.Item>
  )
})

function control(field: FormField, language: 'zh' | 'en', yes: string, no: string): ReactNode {
  const limit = field.max
  switch (field.kind) {
    case 'choice':
      return (
        <Select
          allowClear={!field.required}
          showSearch={{ optionFilterProp: 'label' }}
          options={(field.choices ?? []).map((choice) => ({ value: choice.key, label: choice[language] }))}
        />
      )
    case 'bool':
      return (
        <Select
          allowClear
          options={[
            { value: 'true', label: yes },
            { value: 'false', label: no },
          ]}
        />
      )
    case 'date':
      return <Input type="date" />
    case 'decimal':
      return <Input inputMode="decimal" />
    case 'text':
      return (limit ?? 0) >= long ? <Input.TextArea autoSize={{ minRows: 2 }} maxLength={limit} /> : <Input maxLength={limit} />
  }
}
