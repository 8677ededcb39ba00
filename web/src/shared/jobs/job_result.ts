/** What a batch of documents came to, as its job tells. */
export interface BatchResult {
  documents: number
  left_out: number
  withdrawn: number
  files: readonly BatchFile[]
  expires_at: string
}

/** A file that a batch made. */
export interface BatchFile {
  number: number
  form: string
  name: string
  size: number
  documents: number
}

/** What a bulk approval came to, as its job tells. */
export interface ApprovalsResult {
  items: number
  approved: number
  documents: readonly string[]
  blocked: readonly BlockedApproval[]
}

/** What was not approved, and why. */
export interface BlockedApproval {
  number: string
  zh: string
  en: string
  reasons?: readonly { zh: string; en: string }[]
}

/** The result of a batch of documents; undefined of any other job. */
export function batchOf(result: string): BatchResult | undefined {
  const read = parsed(result)
  return read !== undefined && Array.isArray(read.files) && typeof read.expires_at === 'string' ? (read as unknown as BatchResult) : undefined
}

/** The result of a bulk approval; undefined of any other job. */
export function approvalsOf(result: string): ApprovalsResult | undefined {
  const read = parsed(result)
  return read !== undefined && Array.isArray(read.blocked) && typeof read.approved === 'number' ? (read as unknown as ApprovalsResult) : undefined
}

function parsed(result: string): Record<string, unknown> | undefined {
  try {
    const read: unknown = JSON.parse(result)
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** A size in megabytes, for people. */
export function sayMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
