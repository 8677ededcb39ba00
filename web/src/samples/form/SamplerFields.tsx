import { Form, Select } from 'antd'
import { useLanguage } from '../../i18n/LanguageProvider'
import { usePeople } from '../samples_api'

/** The two people who took the sample; the server refuses the same one twice. */
export function SamplerFields() {
  const { t } = useLanguage()
  const samplers = usePeople('sampler')
  const options = (samplers.data ?? []).map((person) => ({ value: person.id, label: `${person.name} (${person.login})` }))
  const choose = <Select showSearch={{ optionFilterProp: 'label' }} loading={samplers.isPending} options={options} />
  return (
    <>
      <Form.Item name="sampler_1" label={t('samples.sampler_1')} required>
        {choose}
      </Form.Item>
      <Form.Item name="sampler_2" label={t('samples.sampler_2')} required>
        {choose}
      </Form.Item>
    </>
  )
}
