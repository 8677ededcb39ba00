import { CameraOutlined, DeleteOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useRef } from 'react'
import { FormKey } from '../../api/form_key'
import { useLanguage } from '../../i18n/LanguageProvider'
import { ErrorNotice } from '../../shared/ErrorNotice'
import { answer, api } from '../../api/client'
import styles from '../samples.module.css'

/** Stores a file under its hash; the server reads from the bytes what it is. */
export async function storeFile(file: File) {
  return answer(
    api.POST('/api/v1/files', {
      params: { query: { name: file.name } },
      body: file as unknown as string,
      bodySerializer: (body: unknown) => body as Blob,
      headers: { 'Content-Type': 'application/octet-stream', ...new FormKey().header },
    }),
  )
}

interface FileFieldProps {
  /** The hash of the stored picture. */
  value?: string
  onChange?: (hash: string | undefined) => void
  id?: string
}

/** What is no picture is refused here: the server stores any file. */
async function storePicture(file: File) {
  const stored = await storeFile(file)
  if (!stored.media_type.startsWith('image/')) throw new NoPicture(file.name)
  return stored
}

class NoPicture extends Error {}

/** A picture that is stored as soon as it is chosen; its hash is the value of the field. */
export function FileField({ value, onChange, id }: FileFieldProps) {
  const { t } = useLanguage()
  const input = useRef<HTMLInputElement>(null)
  const upload = useMutation({ mutationFn: storePicture, onSuccess: (stored) => onChange?.(stored.hash) })

  return (
    <div>
      <input
        ref={input}
        type="file"
        accept="image/*"
        style={{ display: 'none' }}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) upload.mutate(file)
        }}
      />
      {value ? (
        <div className={styles.itemHead}>
          <img src={`/api/v1/files/${value}`} alt={t('samples.form.photo')} width={64} height={48} style={{ objectFit: 'cover' }} />
          <Button id={id} size="small" icon={<DeleteOutlined aria-hidden />} onClick={() => onChange?.(undefined)}>
            {t('samples.form.remove')}
          </Button>
        </div>
      ) : (
        <Button id={id} icon={<CameraOutlined aria-hidden />} loading={upload.isPending} onClick={() => input.current?.click()}>
          {t('samples.form.photo_choose')}
        </Button>
      )}
      {upload.error instanceof NoPicture && <p role="alert" className={styles.late}>{t('samples.form.photo_none', { name: upload.error.message })}</p>}
      {upload.error && !(upload.error instanceof NoPicture) && <ErrorNotice problem={upload.error} />}
    </div>
  )
}
