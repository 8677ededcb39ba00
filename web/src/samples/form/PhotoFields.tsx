import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input } from 'antd'
import { useLanguage } from '../../i18n/LanguageProvider'
import { Panel } from '../../shared/Panel'
import styles from '../samples.module.css'
import { FileField } from './FileField'

/** The pictures that were taken on site. */
export function PhotoFields() {
  const { t } = useLanguage()
  return (
    <Form.List name="photos">
      {(photos, { add, remove }, { errors }) => (
        <Panel
          title={t('samples.photos')}
          actions={
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
              {t('samples.form.photo_add')}
            </Button>
          }
        >
          {photos.length === 0 && <p className={styles.quiet}>{t('samples.form.photo_hint')}</p>}
          <Form.ErrorList errors={errors} />
          {photos.map(({ key, name }) => (
            <div key={key} className={styles.row}>
              <Form.Item name={[name, 'file_hash']} label={t('samples.form.photo')} required>
                <FileField />
              </Form.Item>
              <Form.Item name={[name, 'caption']} label={t('samples.form.caption')}>
                <Input maxLength={100} />
              </Form.Item>
              <Form.Item label={' '} colon={false}>
                <Button type="text" icon={<DeleteOutlined aria-hidden />} aria-label={t('samples.form.photo_remove', { number: name + 1 })} onClick={() => remove(name)} />
              </Form.Item>
            </div>
          ))}
        </Panel>
      )}
    </Form.List>
  )
}
