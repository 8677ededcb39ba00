import { App, Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { api, answer } from '../src/api/client'
import { useLanguage } from '../src/i18n/LanguageProvider'
import { Facts } from '../src/shared/Facts'
import { FormDrawer } from '../src/shared/form/FormDrawer'
import { SignDialog } from '../src/shared/form/SignDialog'
import { useApiForm } from '../src/shared/form/use_api_form'
import { PageHeader } from '../src/shared/PageHeader'
import { storedForms } from './fake_server'

interface Values {
  login: string
  name: string
  role: string
}

type Post = (path: string, options: { body: unknown; headers?: Record<string, string> }) => Promise<{ data?: unknown; error?: unknown; response: Response }>
const post = api.POST as unknown as Post

/** A form in a drawer and a signature. */
export function FormSection() {
  const { t, term, language } = useLanguage()
  const { message } = App.useApp()
  const zh = language === 'zh'
  const [open, setOpen] = useState(false)
  const [signing, setSigning] = useState(false)
  const form = useApiForm<Values, unknown>({
    submit: (values, key) => answer(post('/gallery/form', { body: values, headers: key.header })),
    onDone: () => {
      setOpen(false)
      void message.success(`stored: ${storedForms()}`)
    },
  })
  return (
    <>
      <PageHeader
        title="Form"
        actions={
          <>
            <Button onClick={() => setOpen(true)}>{zh ? '新建用户' : 'New user'}</Button>
            <Button type="primary" onClick={() => setSigning(true)}>
              {zh ? '批准' : 'Approve'}
            </Button>
          </>
        }
      />
      <FormDrawer open={open} title={zh ? '新建用户' : 'New user'} action={zh ? '保存' : 'Save'} api={form} onClose={() => setOpen(false)}>
        <Form.Item name="login" label={t('signin.login')} rules={[{ required: true }]} extra="expired · taken · lost">
          <Input />
        </Form.Item>
        <Form.Item name="name" label={zh ? '姓名' : 'Name'} rules={[{ required: true }]}>
          <Input />
        </Form.Item>
        <Form.Item name="role" label={t('session.roles')}>
          <Select options={['technician', 'reviewer'].map((value) => ({ value, label: term('role', value) }))} />
        </Form.Item>
      </FormDrawer>
      <SignDialog
        open={signing}
        meaning={zh ? '本人已审核全部结果，批准签发本报告。' : 'I have reviewed all results and approve this report.'}
        action={zh ? '批准' : 'Approve'}
        digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        submit={(credentials) => answer(post('/gallery/sign', { body: credentials }))}
        onSigned={() => setSigning(false)}
        onCancel={() => setSigning(false)}
      >
        <Facts
          facts={[
            { label: zh ? '报告编号' : 'Report', value: 'BG370113-2026-00012' },
            { label: zh ? '样品' : 'Sample', value: zh ? '花生油' : 'Peanut oil' },
            { label: zh ? '结论' : 'Conclusion', value: term('state.verdict', 'pass') },
          ]}
        />
      </SignDialog>
    </>
  )
}
