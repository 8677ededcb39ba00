import { Form, Input } from 'antd'
import { useLanguage } from '../../i18n/LanguageProvider'

/** Why a step is taken, for those who read it later. */
export function ReasonField() {
  const { t } = useLanguage()
  return (
    <Form.Item name="reason" label={t('samples.reason')} rules={[{ required: true, whitespace: true, message: t('samples.reason_missing') }]}>
      <Input.TextArea autoSize={{ minRows: 2 }} maxLength={500} />
    </Form.Item>
  )
}

/** Where portions are put. */
export function PlaceField() {
  const { t } = useLanguage()
  return (
    <Form.Item name="place" label={t('samples.place')} rules={[{ required: true, whitespace: true, message: t('samples.place_missing') }]}>
      <Input maxLength={100} />
    </Form.Item>
  )
}
