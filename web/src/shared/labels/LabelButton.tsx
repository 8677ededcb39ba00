import { PrinterOutlined } from '@ant-design/icons'
import { useMutation } from '@tanstack/react-query'
import { Button, Modal, Radio } from 'antd'
import { useId, useState } from 'react'
import type { NamedFile } from '../../api/client'
import { useLanguage } from '../../i18n/LanguageProvider'
import { ErrorNotice } from '../ErrorNotice'
import { saveFile } from '../save_file'
import { keepChoice, keptChoice, resolutions, sheets, sizes, type LabelChoice } from './label_choice'
import styles from './LabelButton.module.css'

/** The kinds of labels of a sample; empty is all of them. */
export const kinds = ['', 'portion', 'seal'] as const

export type LabelKind = (typeof kinds)[number]

interface LabelButtonProps {
  /** Whether there are several kinds of labels to choose from. */
  choosing?: boolean
  draw: (choice: LabelChoice, kind: LabelKind) => Promise<NamedFile>
}

/** Asks how labels are printed and fetches them as a PDF, drawn for the dots of that printer. */
export function LabelButton({ choosing = false, draw }: LabelButtonProps) {
  const { t, term } = useLanguage()
  const [open, setOpen] = useState(false)
  const [kind, setKind] = useState<LabelKind>('')
  const [choice, setChoice] = useState(keptChoice)
  const drawing = useMutation({
    mutationFn: () => draw(choice, kind),
    onSuccess: (file) => {
      saveFile(file)
      setOpen(false)
    },
  })

  function choose(change: Partial<LabelChoice>) {
    const next = { ...choice, ...change }
    setChoice(next)
    keepChoice(next)
  }

  function close() {
    drawing.reset()
    setOpen(false)
  }

  return (
    <>
      <Button icon={<PrinterOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {t('labels.print')}
      </Button>
      <Modal
        open={open}
        title={t('labels.print')}
        okText={t('labels.fetch')}
        cancelText={t('action.cancel')}
        confirmLoading={drawing.isPending}
        onOk={() => drawing.mutate()}
        onCancel={close}
        destroyOnHidden
      >
        {drawing.error && <ErrorNotice problem={drawing.error} />}
        {choosing && (
          <Choice label={t('labels.kind')} value={kind} values={kinds} say={(k) => term('labels.kinds', k === '' ? 'all' : k)} onChange={setKind} />
        )}
        <Choice label={t('labels.size')} value={choice.size} values={sizes} say={(s) => `${s.replace('x', ' × ')} mm`} onChange={(size) => choose({ size })} />
        <Choice label={t('labels.sheet')} value={choice.sheet} values={sheets} say={(s) => term('labels.sheets', s)} onChange={(sheet) => choose({ sheet })} />
        <Choice label={t('labels.dpi')} value={choice.dpi} values={resolutions} say={(d) => `${d} dpi`} onChange={(dpi) => choose({ dpi })} />
        <p className={styles.hint}>{t('labels.hint')}</p>
      </Modal>
    </>
  )
}

interface ChoiceProps<V extends string | number> {
  label: string
  value: V
  values: readonly V[]
  say: (value: V) => string
  onChange: (value: V) => void
}

function Choice<V extends string | number>({ label, value, values, say, onChange }: ChoiceProps<V>) {
  const id = useId()
  return (
    <div className={styles.choice}>
      <span id={id}>{label}</span>
      <Radio.Group
        aria-labelledby={id}
        optionType="button"
        value={value}
        options={values.map((v) => ({ value: v, label: say(v) }))}
        onChange={(event) => onChange(event.target.value as V)}
      />
    </div>
  )
}
