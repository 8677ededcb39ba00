import { useQueryClient } from '@tanstack/react-query'
import { App, Button, Form, Segmented } from 'antd'
import { useEffect, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { answer, api } from '../api/client'
import { useLanguage } from '../i18n/LanguageProvider'
import { useSession } from '../session/SessionProvider'
import { ErrorNotice } from '../shared/ErrorNotice'
import { useLeaveGuard } from '../shared/form/leave_guard'
import { useApiForm } from '../shared/form/use_api_form'
import { PageHeader } from '../shared/PageHeader'
import { sentenceCase } from '../shared/sentence_case'
import { Waiting } from '../shared/Waiting'
import { AnalysisFields } from './form/AnalysisFields'
import { BusinessPicker } from './form/BusinessPicker'
import { CatalogueFields } from './form/CatalogueFields'
import { PhotoFields } from './form/PhotoFields'
import { PortionFields } from './form/PortionFields'
import { SamplerFields } from './form/SamplerFields'
import styles from './samples.module.css'
import { categories, isCategory, useCatalogue, type SamplingForm } from './samples_api'
import { categoryWords } from './words'

/** The sampling form, drawn from the fields that the server asks for in the chosen category. */
export default function NewSamplePage() {
  const { t, language } = useLanguage()
  const { session } = useSession()
  const { message } = App.useApp()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [address, setAddress] = useSearchParams()
  const wanted = address.get('category')
  const category = isCategory(wanted) ? wanted : 'food'
  const catalogue = useCatalogue(category)
  const [touched, setTouched] = useState(false)
  const [registered, setRegistered] = useState<string>()
  useLeaveGuard(touched && registered === undefined)
  const sampling = useApiForm<SamplingForm, { number: string }>({
    submit: (values, key) => answer(api.POST('/api/v1/samples', { body: { ...values, category }, headers: key.header })),
    onDone: async ({ number }) => {
      void message.success(t('samples.form.registered', { number }))
      await client.invalidateQueries({ queryKey: ['samples'] })
      setRegistered(number)
    },
  })
  useEffect(() => {
    // After the guard has heard that nothing would be lost.
    if (registered !== undefined) void navigate(`/samples/${encodeURIComponent(registered)}`)
  }, [registered, navigate])
  const initial: SamplingForm = {
    sampler_1: session.roles.includes('sampler') ? session.id : undefined,
    portions: [
      { role: 'test', seals: [{}] },
      { role: 'reserve', seals: [{}] },
    ],
    analyses: [{}],
  }

  return (
    <>
      <PageHeader
        title={t('samples.register')}
        lead={sentenceCase(catalogue.data?.[language] ?? t('samples.form.lead'))}
        above={[{ label: t('nav.samples'), to: '/samples' }]}
        actions={
          <Segmented
            aria-label={t('samples.category')}
            value={category}
            options={categories.map((value) => ({ value, label: t(categoryWords[value]) }))}
            onChange={(value) => setAddress({ category: value }, { replace: true })}
          />
        }
      />
      {catalogue.error && <ErrorNotice problem={catalogue.error} onRetry={() => void catalogue.refetch()} />}
      {catalogue.isPending && <Waiting />}
      {catalogue.data && (
        <Form<SamplingForm>
          form={sampling.form}
          layout="vertical"
          initialValues={initial}
          scrollToFirstError={{ focus: true, block: 'center' }}
          onValuesChange={() => setTouched(true)}
          onFinish={sampling.send}
        >
          <CatalogueFields catalogue={catalogue.data} extra={{ unit: <BusinessPicker form={sampling.form} />, sampling: <SamplerFields /> }} />
          <PortionFields />
          <AnalysisFields />
          <PhotoFields />
          {sampling.problem && <ErrorNotice problem={sampling.problem} fields={sampling.rest} />}
          <div className={styles.bar}>
            <Button onClick={() => void navigate('/samples')}>{t('action.cancel')}</Button>
            <Button type="primary" htmlType="submit" loading={sampling.pending}>
              {t('samples.form.submit')}
            </Button>
          </div>
        </Form>
      )}
    </>
  )
}
