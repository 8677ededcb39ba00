import type { Document } from './document_list'

/** Whether people in these roles ask for the revocation of a kind of documents, and decide on it. */
export function mayRevoke(roles: readonly string[], kind: Document['kind']): boolean {
  return roles.includes('technical_manager') || roles.includes(kind === 'inspection_report' ? 'signatory' : 'approver')
}
