/** How a state is to be taken: done and good, refused or failed, needs a look, under way, or none of these. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'plain'

/** The tone of each state, by the kind of thing that is in it. The words stand in the dictionaries, state.kind.state. */
const tones = {
  sample: {
    collected: 'busy',
    in_transit: 'busy',
    received: 'busy',
    refused: 'bad',
    testing: 'busy',
    compiled: 'busy',
    reviewed: 'busy',
    issued: 'good',
    under_way: 'busy',
  },
  handover: { offered: 'warn', accepted: 'good', refused: 'bad' },
  seal: { intact: 'good', broken: 'bad', missing: 'bad', mismatch: 'bad' },
  verdict: { pass: 'good', fail: 'bad', undetermined: 'warn', not_judged: 'plain' },
  report: { compiled: 'busy', reviewed: 'busy', returned: 'warn', approved: 'good' },
  instrument: { in_use: 'good', stopped: 'warn', scrapped: 'plain' },
  verification: { applied: 'warn', accepted: 'busy', refused: 'bad', recorded: 'busy', checked: 'busy', approved: 'good' },
  document: { valid: 'good', expired: 'warn', superseded: 'plain', revoked: 'bad' },
  revocation: { requested: 'warn', confirmed: 'bad', declined: 'plain' },
  job: { waiting: 'plain', running: 'busy', done: 'good', failed: 'bad', cancelled: 'plain' },
  import_row: { imported: 'good', listed: 'warn' },
} as const satisfies Record<string, Record<string, Tone>>

export type StateKind = keyof typeof tones

/** Every kind with its states. */
export const states: Record<StateKind, Record<string, Tone>> = tones

/** The tone of a state; a state that this page does not know yet is plain. */
export function toneOf(kind: StateKind, state: string): Tone {
  return states[kind][state] ?? 'plain'
}
