import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { ifMatch, type FormKey } from '../../api/form_key'
import { useLanguage } from '../../i18n/LanguageProvider'
import type { Key } from '../../i18n/i18n'
import type { ReadSample } from '../samples_api'

/** What every step on a sample needs beside its own fields. */
export interface Step {
  /** The headers that make the step hold for the version that was read, and only once. */
  headers: (key: FormKey) => Record<string, string>
  params: { path: { number: string } }
  /** Reads the sample anew. */
  reload: () => Promise<void>
  /** Says that the step is done and shows the sample after it. */
  finish: (said: Key, onClose: () => void) => Promise<void>
}

/** A step on a sample in the version that was read. */
export function useStep(read: ReadSample): Step {
  const client = useQueryClient()
  const { message } = App.useApp()
  const { t } = useLanguage()
  const { number } = read.value.sample
  const reload = () => client.invalidateQueries({ queryKey: ['sample', number] })
  return {
    headers: (key) => ({ ...ifMatch(read.etag), ...key.header }),
    params: { path: { number } },
    reload,
    finish: async (said, onClose) => {
      void message.success(t(said))
      void client.invalidateQueries({ queryKey: ['samples'] })
      void client.invalidateQueries({ queryKey: ['worklist'] })
      void client.invalidateQueries({ queryKey: ['documents'] })
      await reload()
      onClose()
    },
  }
}
