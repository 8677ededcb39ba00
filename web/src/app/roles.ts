/** The roles of the bureau and of those it serves. */
export const roles = [
  'sampler',
  'custodian',
  'technician',
  'reviewer',
  'signatory',
  'verifier',
  'checker',
  'approver',
  'business',
  'auditor',
  'leader',
  'technical_manager',
  'administrator',
] as const

export type Role = (typeof roles)[number]
