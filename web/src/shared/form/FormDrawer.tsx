import { App, Button, Drawer, Form } from 'antd'
import type { ReactNode } from 'react'
import { useLanguage } from '../../i18n/LanguageProvider'
import { ErrorNotice } from '../ErrorNotice'
import type { ApiForm } from './use_api_form'
import { useFocusBack } from './use_focus_back'

interface FormDrawerProps<V> {
  open: boolean
  title: string
  /** What the form does, on its button: the verb, such as "register". */
  action: string
  api: ApiForm<V>
  initial?: Partial<V>
  /** Closes the drawer; asked for after the person agreed to give up what was typed. */
  onClose: () => void
  /** The fields, as Form.Item with the names that the API uses. */
  children: ReactNode
  width?: number
}

/** A form in a drawer over the page that it belongs to. */
export function FormDrawer<V extends object>(props: FormDrawerProps<V>) {
  const { open, title, action, api, initial, onClose, children, width = 520 } = props
  const { t } = useLanguage()
  const { modal } = App.useApp()
  useFocusBack(open)

  function leave() {
    api.clear()
    onClose()
  }

  function close() {
    if (!api.form.isFieldsTouched()) return leave()
    modal.confirm({
      title: t('form.discard'),
      content: t('form.discard_explain'),
      okText: t('form.discard_yes'),
      okButtonProps: { danger: true },
      cancelText: t('form.discard_no'),
      onOk: leave,
    })
  }

  return (
    <Drawer
      open={open}
      title={title}
      size={width}
      styles={{ wrapper: { maxWidth: '100vw' } }}
      onClose={close}
      destroyOnHidden
      mask={{ closable: false }}
      footer={
        <div className="hj-actions">
          <Button onClick={close}>{t('action.cancel')}</Button>
          <Button type="primary" loading={api.pending} onClick={() => api.form.submit()}>
            {action}
          </Button>
        </div>
      }
    >
      {api.problem && <ErrorNotice problem={api.problem} fields={api.rest} />}
      <Form<V>
        form={api.form}
        layout="vertical"
        initialValues={initial}
        preserve={false}
        scrollToFirstError={{ focus: true }}
        onFinish={api.send}
      >
        {children}
      </Form>
    </Drawer>
  )
}
