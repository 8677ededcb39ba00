import type { Language } from '../i18n/i18n'

/** One fault of an input, as the server names it: path in the notation a.b[0].c. */
export interface FieldProblem {
  path: string
  code: string
  zh: string
  en: string
}

interface ProblemParts {
  status: number
  code?: string
  zh?: string
  en?: string
  fields?: FieldProblem[]
  reference?: string
}

/**
 * A refusal by the server (problem+json, RFC 9457), or the failure to reach it (status 0).
 * It carries its reason in both languages, so that it can be said again when the language changes.
 */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly zh: string
  readonly en: string
  readonly fields: readonly FieldProblem[]
  /** What to tell the people who run the server, so that they find it in the log. */
  readonly reference: string

  constructor(parts: ProblemParts) {
    super(parts.en || parts.code || `status ${parts.status}`)
    this.name = 'Problem'
    this.status = parts.status
    this.code = parts.code ?? ''
    this.zh = parts.zh ?? ''
    this.en = parts.en ?? ''
    this.fields = parts.fields ?? []
    this.reference = parts.reference ?? ''
  }

  /** The reason as the server gave it; empty when it gave none. */
  reason(language: Language): string {
    return language === 'zh' ? this.zh : this.en
  }

  /** Whether the server did not answer, so that the change may or may not have been stored. */
  get outcomeUnknown(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 408
  }

  /** Whether the thing was changed by somebody else since it was read. */
  get outdated(): boolean {
    return this.status === 412
  }
}

/** The server could not be reached, or the connection broke. */
export function unreachable(): Problem {
  return new Problem({ status: 0, code: 'unreachable' })
}

/** Reads a problem+json body; a body of another shape still gives a Problem with its status. */
export function readProblem(response: Response, body: unknown): Problem {
  const object = asObject(body)
  const fallback = text(object.detail) || text(object.title)
  return new Problem({
    status: response.status,
    code: text(object.code),
    zh: text(object.zh) || fallback,
    en: text(object.en) || fallback,
    fields: Array.isArray(object.errors) ? object.errors.map(readField).filter((field) => field !== undefined) : [],
    reference: response.headers.get('X-Request-Id') ?? '',
  })
}

function readField(entry: unknown): FieldProblem | undefined {
  const object = asObject(entry)
  const zh = text(object.zh) || text(object.en)
  if (zh === '') return undefined
  return { path: text(object.path), code: text(object.code), zh, en: text(object.en) || zh }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
