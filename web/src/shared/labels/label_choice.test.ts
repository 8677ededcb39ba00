import { describe, expect, it } from 'vitest'
import { readChoice } from './label_choice'

const first = { size: '50x30', sheet: 'roll', dpi: 203 }

describe('the choice of labels', () => {
  it.each([
    [null, first],
    ['{"size":"70x50","sheet":"a4","dpi":600}', { size: '70x50', sheet: 'a4', dpi: 600 }],
    ['{"size":"9x9","sheet":"a4","dpi":"600"}', { ...first, sheet: 'a4' }],
    ['null', first],
    ['not JSON', first],
  ])('%s', (kept, want) => expect(readChoice(kept)).toEqual(want))
})
