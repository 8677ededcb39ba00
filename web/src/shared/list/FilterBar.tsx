import { SearchOutlined } from '@ant-design/icons'
import { Button, Input, Select } from 'antd'
import { useEffect, useId, useState } from 'react'
import { useLanguage } from '../../i18n/LanguageProvider'
import styles from './FilterBar.module.css'

/** One filter of a list; its name is the API's query parameter. */
export type Filter<Name extends string = string> =
  | { kind: 'text'; name: Name; label: string; placeholder?: string }
  | { kind: 'choice'; name: Name; label: string; choices: readonly { value: string; label: string }[] }
  | { kind: 'day'; name: Name; label: string }

interface FilterBarProps {
  filters: readonly Filter[]
  values: Record<string, string>
  onChange: (name: string, value: string) => void
  onClear: () => void
}

/** The filters above a list. */
export function FilterBar({ filters, values, onChange, onClear }: FilterBarProps) {
  const { t } = useLanguage()
  const filtered = filters.some(({ name }) => values[name] !== undefined)
  return (
    <search className={styles.bar}>
      {filters.map((filter) => (
        <FilterField key={filter.name} filter={filter} value={values[filter.name] ?? ''} onChange={(value) => onChange(filter.name, value)} />
      ))}
      {filtered && (
        <Button type="link" onClick={onClear}>
          {t('list.clear')}
        </Button>
      )}
    </search>
  )
}

interface FieldProps {
  filter: Filter
  value: string
  onChange: (value: string) => void
}

function FilterField({ filter, value, onChange }: FieldProps) {
  const { t } = useLanguage()
  const id = useId()
  return (
    <div className={filter.kind === 'text' ? `${styles.field} ${styles.wide}` : styles.field}>
      <label htmlFor={id}>{filter.label}</label>
      {filter.kind === 'text' && <TextFilter id={id} value={value} placeholder={filter.placeholder} onChange={onChange} />}
      {filter.kind === 'day' && <Input id={id} type="date" value={value} onChange={(event) => onChange(event.target.value)} />}
      {filter.kind === 'choice' && (
        <Select
          id={id}
          allowClear
          placeholder={t('list.all')}
          showSearch={{ optionFilterProp: 'label' }}
          value={value || undefined}
          options={[...filter.choices]}
          onChange={(next: string | undefined) => onChange(next ?? '')}
        />
      )}
    </div>
  )
}

interface TextFilterProps {
  id: string
  value: string
  placeholder: string | undefined
  onChange: (value: string) => void
}

const pause = 350

/** A search text, which takes effect when typing pauses or on Enter. */
function TextFilter({ id, value, placeholder, onChange }: TextFilterProps) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => onChange(text.trim()), pause)
    return () => clearTimeout(timer)
  }, [text, value, onChange])
  return (
    <Input
      id={id}
      allowClear
      prefix={<SearchOutlined aria-hidden />}
      value={text}
      placeholder={placeholder}
      onChange={(event) => setText(event.target.value)}
      onPressEnter={() => onChange(text.trim())}
    />
  )
}
