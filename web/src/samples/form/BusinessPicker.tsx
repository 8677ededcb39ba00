import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Form, Select, type FormInstance } from 'antd'
import { useDeferredValue, useState } from 'react'
import { answer, api } from '../../api/client'
import type { components } from '../../api/schema.gen'
import { useLanguage } from '../../i18n/LanguageProvider'
import styles from '../samples.module.css'
import type { SamplingForm } from '../samples_api'

type Business = components['schemas']['UsersBusiness']

/** Finds the sampled unit among the registered businesses and fills in what is known of it. */
export function BusinessPicker({ form }: { form: FormInstance<SamplingForm> }) {
  const { t } = useLanguage()
  const [text, setText] = useState('')
  const q = useDeferredValue(text.trim())
  const found = useQuery({
    queryKey: ['businesses', q],
    queryFn: () => answer(api.GET('/api/v1/businesses', { params: { query: { q, limit: 20 } } })),
    placeholderData: keepPreviousData,
  })
  const businesses = found.data?.items ?? []

  function choose(id: string | undefined) {
    const business = businesses.find((each) => each.id === id)
    if (business) form.setFieldsValue(known(business))
  }

  return (
    <Form.Item className={styles.wide} name="business_id" label={t('samples.form.business')} extra={t('samples.form.business_hint')}>
      <Select
        allowClear
        showSearch={{ filterOption: false, onSearch: setText }}
        loading={found.isFetching}
        placeholder={t('samples.form.business_find')}
        options={businesses.map((each) => ({ value: each.id, label: `${each.name} · ${each.credit_code}` }))}
        onChange={choose}
      />
    </Form.Item>
  )
}

/** The facts of a business that the form asks for; those that are masked for this person are left to be typed. */
function known(business: Business): Partial<SamplingForm> {
  const open = (text: string) => (text.includes('*') ? undefined : text)
  return {
    street: business.street,
    sampled_unit: {
      name: business.name,
      credit_code: business.credit_code,
      address: business.address,
      contact: open(business.contact),
      phone: open(business.phone),
    },
  }
}
