import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Select } from 'antd'
import { useLanguage } from '../../i18n/LanguageProvider'
import { Panel } from '../../shared/Panel'
import { useMethods } from '../samples_api'
import styles from '../samples.module.css'

/** What is to be tested, and by which method. */
export function AnalysisFields() {
  const { t } = useLanguage()
  const methods = useMethods()
  const options = (methods.data ?? []).map((method) => ({ value: method.code, label: `${method.code} ${method.title}` }))
  return (
    <Form.List name="analyses">
      {(analyses, { add, remove }, { errors }) => (
        <Panel
          title={t('samples.analyses')}
          actions={
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
              {t('samples.form.analysis_add')}
            </Button>
          }
        >
          <Form.ErrorList errors={errors} />
          {analyses.map(({ key, name }) => (
            <div key={key} className={styles.row}>
              <Form.Item name={[name, 'item']} label={t('samples.item')} required>
                <Input maxLength={100} />
              </Form.Item>
              <Form.Item name={[name, 'method']} label={t('samples.method')} required>
                <Select showSearch={{ optionFilterProp: 'label' }} loading={methods.isPending} options={options} />
              </Form.Item>
              <Form.Item label={' '} colon={false}>
                <Button
                  type="text"
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t('samples.form.analysis_remove', { number: name + 1 })}
                  disabled={analyses.length < 2}
                  onClick={() => remove(name)}
                />
              </Form.Item>
            </div>
          ))}
        </Panel>
      )}
    </Form.List>
  )
}
