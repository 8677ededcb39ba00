import { Select } from 'antd'
import { useLanguage } from '../../i18n/LanguageProvider'
import { sayDay } from '../../shared/time'
import { useEquipment } from '../samples_api'

interface EquipmentSelectProps {
  id?: string
  value?: string
  onChange?: (id: string) => void
}

/** The laboratory's equipment with the day until which its certificate holds. */
export function EquipmentSelect({ id, value, onChange }: EquipmentSelectProps) {
  const { t, language } = useLanguage()
  const equipment = useEquipment()
  const options = (equipment.data ?? []).map((each) => {
    const until = each.valid_until === undefined ? t('samples.equipment_no_certificate') : t('samples.equipment_until', { day: sayDay(each.valid_until, language) })
    const stopped = each.state === 'stopped'
    return { value: each.id, disabled: stopped, label: `${each.name} · ${each.number} · ${stopped ? t('samples.equipment_stopped') : until}` }
  })
  return (
    <Select
      id={id}
      value={value}
      onChange={onChange}
      showSearch={{ optionFilterProp: 'label' }}
      loading={equipment.isPending}
      placeholder={t('samples.equipment_choose')}
      options={options}
    />
  )
}
