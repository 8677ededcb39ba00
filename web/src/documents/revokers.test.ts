import { expect, test } from 'vitest'
import { mayRevoke } from './revokers'

test('reports are revoked by signatories, what follows a verification by approvers, and both by the technical manager', () => {
  const kinds = ['inspection_report', 'verification_certificate', 'verification_notice'] as const
  const may = (role: string) => kinds.map((kind) => mayRevoke(['auditor', role], kind))
  expect(may('signatory')).toEqual([true, false, false])
  expect(may('approver')).toEqual([false, true, true])
  expect(may('technical_manager')).toEqual([true, true, true])
  expect(may('reviewer')).toEqual([false, false, false])
})
