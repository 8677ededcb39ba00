import { Problem } from './problem'

/**
 * A version 7 UUID (RFC 9562 5.7). Of our own because crypto.randomUUID is missing on pages served by plain http, and
 * makes version 4, which does not sort by time.
 */
export function uuidv7(now: number, random: Uint8Array = crypto.getRandomValues(new Uint8Array(10))): string {
  const stamp = Math.trunc(now).toString(16).padStart(12, '0')
  const tail = [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  const variant = (8 + ((random[2] ?? 0) & 3)).toString(16)
  return [stamp.slice(0, 8), stamp.slice(8), `7${tail.slice(1, 4)}`, `${variant}${tail.slice(5, 8)}`, tail.slice(8)].join('-')
}

/**
 * The Idempotency-Key of one form. It stays the same over retries, so that a form whose answer was lost is stored once;
 * it is replaced as soon as the server has definitely stored or refused.
 */
export class FormKey {
  #value: string | undefined

  get value(): string {
    this.#value ??= uuidv7(Date.now())
    return this.#value
  }

  /** The header that every creating POST carries. */
  get header(): { 'Idempotency-Key': string } {
    return { 'Idempotency-Key': this.value }
  }

  /** Notes how the request ended. */
  settle(problem?: Problem): void {
    if (problem === undefined || isFinalRefusal(problem)) this.#value = undefined
  }
}

function isFinalRefusal(problem: Problem): boolean {
  if (problem.outcomeUnknown || problem.status === 425 || problem.status === 429) return false
  return !problem.code.startsWith('idempotency')
}

/** The header of a change that holds only for the version that was read. */
export function ifMatch(etag: string): { 'If-Match': string } {
  return { 'If-Match': etag }
}
