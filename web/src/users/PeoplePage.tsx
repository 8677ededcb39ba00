import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { answer, api } from '../api/client'
import type { components, operations } from '../api/schema.gen'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { FormDrawer } from '../shared/form/FormDrawer'
import { useApiForm } from '../shared/form/use_api_form'
import { ListPage } from '../shared/list/ListPage'

type Person = components['schemas']['UsersPerson']
type NewPerson = components['schemas']['UsersNewPerson']
type Query = NonNullable<operations['people']['parameters']['query']>

const roles = [
  'sampler', 'custodian', 'technician', 'reviewer', 'signatory', 'verifier', 'checker', 'approver',
  'auditor', 'leader', 'technical_manager', 'administrator',
] as const

/** The people of the bureau with their roles; an administrator adds new ones. */
export default function PeoplePage() {
  const { t, term } = useLanguage()
  const { session } = useSession()
  const [open, setOpen] = useState(false)
  const choices = roles.map((value) => ({ value, label: term('role', value) }))
  return (
    <>
      <ListPage<Person, Query>
        title={t('nav.users')}
        lead={t('users.lead')}
        queryKey={['people']}
        load={(query) => answer(api.GET('/api/v1/people', { params: { query } }))}
        filters={[
          { kind: 'text', name: 'q', label: t('users.find') },
          { kind: 'choice', name: 'role', label: t('users.roles'), choices },
        ]}
        columns={[
          { key: 'login', title: t('signin.login'), render: (p) => p.login, width: 180 },
          { key: 'name', title: t('users.name'), render: (p) => p.name, width: 180 },
          { key: 'roles', title: t('users.roles'), render: (p) => (p.roles ?? []).map((role) => term('role', role)).join(' · ') },
          { key: 'state', title: t('users.state'), render: (p) => t(p.disabled_at ? 'users.disabled' : 'users.active'), width: 110 },
        ]}
        rowKey={(p) => p.id}
        empty={{ title: t('users.none'), text: t('users.none_explain') }}
        actions={
          session.roles.includes('administrator') && (
            <Button type="primary" onClick={() => setOpen(true)}>
              {t('users.create')}
            </Button>
          )
        }
      />
      <NewPersonDrawer open={open} choices={choices} onClose={() => setOpen(false)} />
    </>
  )
}

interface DrawerProps {
  open: boolean
  choices: { value: string; label: string }[]
  onClose: () => void
}

function NewPersonDrawer({ open, choices, onClose }: DrawerProps) {
  const { t } = useLanguage()
  const queries = useQueryClient()
  const form = useApiForm<NewPerson, Person>({
    submit: (values, key) => answer(api.POST('/api/v1/people', { headers: key.header, body: values })),
    onDone: async () => {
      await queries.invalidateQueries({ queryKey: ['people'] })
      onClose()
    },
  })
  return (
    <FormDrawer<NewPerson> open={open} title={t('users.create')} action={t('users.create')} api={form} onClose={onClose}>
      <Form.Item name="login" label={t('signin.login')} required>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="name" label={t('users.name')} required>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="password" label={t('users.first_password')} required extra={t('users.password_rule')}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item name="roles" label={t('users.roles')} required>
        <Select mode="multiple" options={choices} />
      </Form.Item>
    </FormDrawer>
  )
}
