import { describe, expect, it } from 'vitest'
import { approvalsOf, batchOf, sayMegabytes } from './job_result'

const batch = '{"documents":2,"left_out":0,"withdrawn":0,"files":[],"expires_at":"2026-09-25T01:00:00Z"}'
const approvals = '{"items":2,"approved":1,"documents":["JDZ26-370113-00001"],"blocked":[]}'

describe('the result of a job', () => {
  it('is read as what it is, and as nothing else', () => {
    expect(batchOf(batch)?.documents).toBe(2)
    expect(approvalsOf(approvals)?.approved).toBe(1)
    for (const other of [approvals, '{"imported":2,"listed":4}', 'null', '', 'done', '[]']) expect(batchOf(other)).toBeUndefined()
    for (const other of [batch, '{"imported":2,"listed":4}', 'null', '', 'done', '[]']) expect(approvalsOf(other)).toBeUndefined()
  })

  it('says sizes in megabytes', () => expect(sayMegabytes(326_971)).toBe('0.3 MB'))
})
