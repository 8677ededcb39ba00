import { Checkbox, Form, Select } from 'antd'
import { answer, api } from '../../api/client'
import type { Key } from '../../i18n/i18n'
import { useLanguage } from '../../i18n/LanguageProvider'
import { useSession } from '../../session/SessionProvider'
import { usePeople, type Handover, type SampleDetail } from '../samples_api'
import { purposeWords } from '../words'
import { blankReadings, closedSeals, madeReadings, SealChecks, type SealReading } from './SealChecks'
import type { StepProps } from './StepBar'
import { StepDrawer } from './StepDrawer'
import { PlaceField, ReasonField } from './StepFields'

interface Signed {
  password: string
}

/** The sampler gives the sample to a custodian. */
export function Deliver({ read, onClose }: StepProps) {
  return (
    <StepDrawer<Signed & { receiver: string }>
      read={read}
      action="samples.step.deliver"
      done="samples.event.delivered"
      meaning="samples.meaning.deliver"
      submit={(body, { params, headers }, key) => answer(api.POST('/api/v1/samples/{number}/deliver', { params, headers: headers(key), body }))}
      onClose={onClose}
    >
      <ReceiverField roles={['custodian']} label="samples.custodian" />
    </StepDrawer>
  )
}

/** The custodian takes the sample in after a look at every seal. */
export function Receive({ read, onClose }: StepProps) {
  const seals = sealsOf(read.value, undefined)
  return (
    <StepDrawer<Signed & { checks: SealReading[]; place: string }>
      read={read}
      action="samples.step.receive"
      done="samples.event.received"
      meaning="samples.meaning.receive"
      initial={{ checks: blankReadings(seals) }}
      submit={(body, { params, headers }, key) => answer(api.POST('/api/v1/samples/{number}/receive', { params, headers: headers(key), body }))}
      onClose={onClose}
    >
      <SealChecks seals={seals} />
      <PlaceField />
    </StepDrawer>
  )
}

/** The custodian turns the sample away in writing. */
export function Refuse({ read, onClose }: StepProps) {
  const seals = sealsOf(read.value, undefined)
  return (
    <StepDrawer<Signed & { checks: SealReading[]; reason: string }>
      read={read}
      action="samples.step.refuse"
      done="samples.event.refused"
      meaning="samples.meaning.refuse"
      initial={{ checks: blankReadings(seals) }}
      submit={(body, { params, headers }, key) => answer(api.POST('/api/v1/samples/{number}/refuse', { params, headers: headers(key), body }))}
      onClose={onClose}
    >
      <SealChecks seals={seals} />
      <ReasonField />
    </StepDrawer>
  )
}

/** Who holds portions offers them to a colleague. */
export function HandOver({ read, onClose }: StepProps) {
  const { t } = useLanguage()
  const { session } = useSession()
  const mine = (read.value.portions ?? []).filter(({ holders }) => holders?.includes(session.id))
  const purposes = ['analysis', 'return', 'storage'].map((value) => ({ value, label: t(purposeWords[value] ?? 'samples.purpose.storage') }))
  const first = mine.filter(({ role }) => role === 'test').map(({ id }) => id)
  return (
    <StepDrawer<Signed & { purpose: string; receiver: string; portions: string[] }>
      read={read}
      action="samples.step.offer"
      done="samples.event.offered"
      meaning="samples.meaning.offer"
      initial={{ purpose: session.roles.includes('custodian') ? 'analysis' : 'return', portions: first }}
      submit={(body, { params, headers }, key) => answer(api.POST('/api/v1/samples/{number}/hand-over', { params, headers: headers(key), body }))}
      onClose={onClose}
    >
      <Form.Item name="purpose" label={t('samples.purpose')} required>
        <Select options={purposes} />
      </Form.Item>
      <ReceiverField roles={['technician', 'custodian']} label="samples.receiver" />
      <Form.Item name="portions" label={t('samples.portions')} required>
        <Checkbox.Group options={mine.map(({ id, label }) => ({ value: id, label }))} />
      </Form.Item>
    </StepDrawer>
  )
}

/** The receiver takes portions over. */
export function Accept({ read, handover = '', onClose }: StepProps) {
  const seals = sealsOf(read.value, handover)
  return (
    <StepDrawer<Signed & { checks: SealReading[]; place: string }>
      read={read}
      action="samples.step.accept"
      done="samples.event.accepted"
      meaning="samples.meaning.accept"
      initial={{ checks: blankReadings(seals) }}
      submit={(values, { params, headers }, key) =>
        answer(api.POST('/api/v1/samples/{number}/accept', { params, headers: headers(key), body: { ...values, handover_id: handover } }))
      }
      onClose={onClose}
    >
      <SealChecks seals={seals} />
      <PlaceField />
    </StepDrawer>
  )
}

/** The receiver does not take the portions; the giver keeps them. */
export function Decline({ read, handover = '', onClose }: StepProps) {
  const seals = sealsOf(read.value, handover)
  return (
    <StepDrawer<Signed & { checks: SealReading[]; reason: string }>
      read={read}
      action="samples.step.decline"
      done="samples.event.declined"
      meaning="samples.meaning.decline"
      initial={{ checks: blankReadings(seals) }}
      submit={({ checks, ...values }, { params, headers }, key) => {
        const body = { ...values, checks: madeReadings(checks), handover_id: handover }
        return answer(api.POST('/api/v1/samples/{number}/decline', { params, headers: headers(key), body }))
      }}
      onClose={onClose}
    >
      <SealChecks seals={seals} optional />
      <ReasonField />
    </StepDrawer>
  )
}

/** The closed seals on what is offered: by this handover, or by the only one that is open. */
function sealsOf(detail: SampleDetail, handover: string | undefined) {
  const offered = (each: Handover) => (handover === undefined ? each.state === 'offered' : each.id === handover)
  return closedSeals(detail, (detail.handovers ?? []).find(offered)?.portions ?? [])
}

function ReceiverField({ roles, label }: { roles: readonly string[]; label: Key }) {
  const { t, term } = useLanguage()
  const { session } = useSession()
  const [first = '', second = ''] = roles
  const some = usePeople(first)
  const others = usePeople(second || first)
  const people = new Map([...(some.data ?? []), ...(others.data ?? [])].map((person) => [person.id, person]))
  const options = [...people.values()]
    .filter(({ id }) => id !== session.id)
    .map((person) => ({
      value: person.id,
      label: `${person.name} · ${(person.roles ?? []).map((role) => term('role', role)).join(', ')} (${person.login})`,
    }))
  return (
    <Form.Item name="receiver" label={t(label)} rules={[{ required: true, message: t('samples.receiver_missing') }]}>
      <Select showSearch={{ optionFilterProp: 'label' }} loading={some.isPending} options={options} />
    </Form.Item>
  )
}
