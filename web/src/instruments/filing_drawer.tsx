import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Form, Input, Select, Switch } from 'antd'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { answer, api } from '../api/client'
import type { components } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { FormDrawer } from '../shared/form/FormDrawer'
import { useApiForm } from '../shared/form/use_api_form'
import type { Instrument } from './instrument_list'
import { sentenceCase } from '../shared/sentence_case'
import { isSymbol } from './parameter_words'

type Filing = components['schemas']['InstrumentsFiling']
type Parameter = components['schemas']['ProcedureParameter']

interface FilingDrawerProps {
  open: boolean
  /** Staff choose the owner; a business files its own. */
  chooseOwner: boolean
  /** Where the filed instrument's page is. */
  base: string
  onClose: () => void
}

/** Files an instrument; its procedure says which parameters are asked for. */
export function FilingDrawer({ open, chooseOwner, base, onClose }: FilingDrawerProps) {
  const { t, term } = useLanguage()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [code, setCode] = useState<string>()
  const procedures = useQuery({ queryKey: ['procedures'], enabled: open, queryFn: () => answer(api.GET('/api/v1/procedures')) })
  const form = useApiForm<Filing, Instrument>({
    submit: (values, key) =>
      answer(api.POST('/api/v1/instruments', { headers: key.header, body: { ...values, parameters: cleaned(values.parameters) } })),
    onDone: async (filed) => {
      await queries.invalidateQueries({ queryKey: ['instruments'] })
      onClose()
      await navigate(`${base}/${filed.number}`)
    },
  })
  const purposes = ['trade', 'safety', 'medical', 'environment'].map((value) => ({ value, label: term('instruments.purposes', value) }))
  const modes = ['laboratory', 'on_site'].map((value) => ({ value, label: term('instruments.modes', value) }))
  const codes = [...new Map((procedures.data ?? []).map((e) => [e.code, { value: e.code, label: `${e.code} ${e.title}` }])).values()]
  return (
    <FormDrawer<Filing>
      open={open}
      title={t('instruments.file')}
      action={t('instruments.file')}
      api={form}
      initial={{ purpose: 'trade', mode: 'laboratory', range: '', accuracy_class: '', street: '' }}
      onClose={onClose}
    >
      {chooseOwner && <OwnerField />}
      <Form.Item name="procedure_code" label={t('instruments.procedure')} required>
        <Select options={codes} onChange={(value: string) => setCode(value)} />
      </Form.Item>
      <Form.Item name="name" label={t('instruments.name')} required>
        <Input />
      </Form.Item>
      <Form.Item name="model" label={t('instruments.model')} required>
        <Input />
      </Form.Item>
      <Form.Item name="serial" label={t('instruments.serial')} required>
        <Input />
      </Form.Item>
      <Form.Item name="maker" label={t('instruments.maker')} required>
        <Input />
      </Form.Item>
      <Form.Item name="range" label={t('instruments.range')}>
        <Input />
      </Form.Item>
      {code !== undefined && <ParameterFields code={code} />}
      <Form.Item name="place" label={t('instruments.place')} required>
        <Input />
      </Form.Item>
      <Form.Item name="street" label={t('instruments.street')}>
        <Input />
      </Form.Item>
      <Form.Item name="purpose" label={t('instruments.purpose')} required>
        <Select options={purposes} />
      </Form.Item>
      <Form.Item name="mode" label={t('instruments.mode')} required>
        <Select options={modes} />
      </Form.Item>
    </FormDrawer>
  )
}

/** Parameters are text in the API; what was left blank is not sent. */
function cleaned(parameters: Record<string, unknown> | undefined): Record<string, string> {
  const entries = Object.entries(parameters ?? {}).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
}

function OwnerField() {
  const { t } = useLanguage()
  const [query, setQuery] = useState('')
  const found = useQuery({
    queryKey: ['businesses', query],
    queryFn: () => answer(api.GET('/api/v1/businesses', { params: { query: { q: query } } })),
  })
  const options = (found.data?.items ?? []).map((b) => ({ value: b.id, label: `${b.name} ${b.credit_code}` }))
  return (
    <Form.Item name="business_id" label={t('instruments.owner')} required>
      <Select options={options} showSearch={{ filterOption: false, onSearch: setQuery }} />
    </Form.Item>
  )
}

function ParameterFields({ code }: { code: string }) {
  const { t } = useLanguage()
  const found = useQuery({
    queryKey: ['procedures', code],
    queryFn: () => answer(api.GET('/api/v1/procedures/{code}', { params: { path: { code } } })),
  })
  const definition = found.data?.definition
  if (!definition) return null
  const parameters = definition.parameters ?? []
  return (
    <>
      {!parameters.some((each) => each.name === 'accuracy_class') && (
        <Form.Item name="accuracy_class" label={t('instruments.accuracy_class')}>
          <Input />
        </Form.Item>
      )}
      <Form.Item name={['parameters', 'unit']} label={t('instruments.unit')} initialValue={definition.unit}>
        <Input />
      </Form.Item>
      {parameters.map((parameter) => (
        <ParameterField key={parameter.name} parameter={parameter} />
      ))}
    </>
  )
}

function ParameterField({ parameter }: { parameter: Parameter }) {
  const { language } = useLanguage()
  const name = ['parameters', parameter.name]
  const label = [sentenceCase(parameter.title[language]), isSymbol(parameter.name) && parameter.name].filter(Boolean).join(' ')
  if (parameter.kind === 'boolean') {
    return (
      <Form.Item name={name} label={label} valuePropName="checked">
        <Switch />
      </Form.Item>
    )
  }
  const options = (parameter.choices ?? []).map((value) => ({ value, label: value }))
  return (
    <Form.Item name={name} label={label} required={parameter.required}>
      {parameter.kind === 'choice' ? <Select options={options} /> : <Input placeholder={example(parameter)} />}
    </Form.Item>
  )
}

/** What stands in an empty field: what is taken for granted where that is a number, or how a list is written. */
function example({ kind, default: otherwise = '' }: Parameter): string {
  if (kind === 'intervals') return '6/0.002, 15/0.005'
  if (kind === 'list') return '0.4, 0.8'
  return /^[\d.]+$/.test(otherwise) ? otherwise : ''
}
