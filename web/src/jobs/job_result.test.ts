import { describe, expect, it } from 'vitest'
import { countsOf } from './job_result'

describe('countsOf', () => {
  it.each([
    ['{"import_id":"x","imported":2,"listed":4}', { imported: 2, listed: 4 }],
    ['{"imported":"2","listed":4}', undefined],
    ['{"imported":2}', undefined],
    ['null', undefined],
    ['', undefined],
    ['done', undefined],
  ])('%s', (result, want) => expect(countsOf(result)).toEqual(want))
})
