import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Select } from 'antd'
import { useLanguage } from '../../i18n/LanguageProvider'
import { Panel } from '../../shared/Panel'
import styles from '../samples.module.css'
import { portionWords } from '../words'
import { FileField } from './FileField'

/** The portions into which the sample was divided on site, each with its seals. */
export function PortionFields() {
  const { t } = useLanguage()
  return (
    <Form.List name="portions">
      {(portions, { add, remove }, { errors }) => (
        <Panel
          title={t('samples.portions')}
          actions={
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ role: 'reserve', seals: [{}] })}>
              {t('samples.form.portion_add')}
            </Button>
          }
        >
          <Form.ErrorList errors={errors} />
          {portions.map(({ key, name }) => (
            <PortionCard key={key} at={name} onRemove={portions.length > 1 ? () => remove(name) : undefined} />
          ))}
        </Panel>
      )}
    </Form.List>
  )
}

function PortionCard({ at, onRemove }: { at: number; onRemove: (() => void) | undefined }) {
  const { t } = useLanguage()
  return (
    <div className={styles.card}>
      <div className={styles.cardHead}>
        <h3>{t('samples.form.portion', { number: at + 1 })}</h3>
        {onRemove && (
          <Button type="text" icon={<DeleteOutlined aria-hidden />} onClick={onRemove}>
            {t('samples.form.remove')}
          </Button>
        )}
      </div>
      <div className={styles.fields}>
        <Form.Item name={[at, 'role']} label={t('samples.portion.role')} required>
          <Select
            options={[
              { value: 'test', label: t(portionWords.test) },
              { value: 'reserve', label: t(portionWords.reserve) },
            ]}
          />
        </Form.Item>
        <Form.Item name={[at, 'quantity']} label={t('samples.quantity')} required>
          <Input inputMode="decimal" />
        </Form.Item>
        <Form.Item name={[at, 'unit']} label={t('samples.unit')} extra={t('samples.form.unit_same')}>
          <Input maxLength={10} />
        </Form.Item>
        <Form.Item name={[at, 'container']} label={t('samples.portion.container')} required>
          <Input maxLength={60} />
        </Form.Item>
      </div>
      <SealFields portion={at} />
    </div>
  )
}

function SealFields({ portion }: { portion: number }) {
  const { t } = useLanguage()
  return (
    <Form.List name={[portion, 'seals']}>
      {(seals, { add, remove }, { errors }) => (
        <>
          {seals.map(({ key, name }) => (
            <div key={key} className={styles.row}>
              <Form.Item name={[name, 'number']} label={t('samples.form.seal', { number: name + 1 })} required>
                <Input maxLength={40} autoCapitalize="characters" />
              </Form.Item>
              <Form.Item name={[name, 'photo_hash']} label={t('samples.form.seal_photo')}>
                <FileField />
              </Form.Item>
              <Form.Item label={' '} colon={false}>
                <Button
                  type="text"
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t('samples.form.seal_remove', { number: name + 1 })}
                  disabled={seals.length < 2}
                  onClick={() => remove(name)}
                />
              </Form.Item>
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          <Form.Item>
            <Button size="small" icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
              {t('samples.form.seal_add')}
            </Button>
          </Form.Item>
        </>
      )}
    </Form.List>
  )
}
