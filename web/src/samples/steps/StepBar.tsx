import { Button } from 'antd'
import { useState } from 'react'
import { useLanguage } from '../../i18n/LanguageProvider'
import type { ReadSample } from '../samples_api'
import { stepWords } from '../words'
import { BreakSeal, Correct } from './BenchSteps'
import { Accept, Decline, Deliver, HandOver, Receive, Refuse } from './CustodySteps'
import { Approve, Compile, Reopen, Return, Review } from './ReportSteps'

/** What a step is shown with: the sample as it was read last, and how the step ends. */
export interface StepProps {
  read: ReadSample
  /** The handover that the step decides. */
  handover: string | undefined
  onClose: () => void
}

const dialogs: Partial<Record<string, (props: StepProps) => React.ReactNode>> = {
  deliver: Deliver,
  receive: Receive,
  refuse: Refuse,
  offer: HandOver,
  accept: Accept,
  decline: Decline,
  break_seal: BreakSeal,
  correct: Correct,
  compile: Compile,
  review: Review,
  return: Return,
  approve: Approve,
  reopen: Reopen,
}

const soft = ['refuse', 'decline', 'return', 'reopen', 'correct', 'offer']

/** The steps that the server says this person may take now. The step that is open stays open while the sample is read anew. */
export function StepBar({ read }: { read: ReadSample }) {
  const { t, language } = useLanguage()
  const [open, setOpen] = useState<{ step: string; handover: string | undefined }>()
  const steps = (read.value.actions ?? []).filter(({ step }) => dialogs[step] !== undefined)
  const main = steps.findLast(({ step }) => !soft.includes(step))
  const Dialog = open && dialogs[open.step]
  return (
    <>
      {steps.map((action) => {
        const word = stepWords[action.step]
        return (
          <Button
            key={`${action.step} ${action.handover_id ?? ''}`}
            type={action === main ? 'primary' : 'default'}
            danger={action.step === 'refuse' || action.step === 'decline'}
            onClick={() => setOpen({ step: action.step, handover: action.handover_id })}
          >
            {word === undefined ? action[language] : t(word)}
          </Button>
        )
      })}
      {open && Dialog && <Dialog read={read} handover={open.handover} onClose={() => setOpen(undefined)} />}
    </>
  )
}
