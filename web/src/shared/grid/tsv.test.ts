import { describe, expect, it } from 'vitest'
import { formatTSV, parseTSV } from './tsv'

describe('parseTSV reads what a spreadsheet copies', () => {
  it.each<[string, string, string[][]]>([
    ['one cell', '1.230', [['1.230']]],
    ['rows and columns', '1\t2\n3\t4', [['1', '2'], ['3', '4']]],
    ['the line end after the last row', '1\t2\r\n3\t4\r\n', [['1', '2'], ['3', '4']]],
    ['old line ends', '1\r2', [['1'], ['2']]],
    ['empty cells at both ends', '\t1\t', [['', '1', '']]],
    ['an empty row between', '1\n\n2', [['1'], [''], ['2']]],
    ['a quoted tab and line end', '"a\tb\nc"\t2', [['a\tb\nc', '2']]],
    ['doubled quotation marks', '"say ""no"""\tx', [['say "no"', 'x']]],
    ['a mark within a cell', '5" pipe\t2', [['5" pipe', '2']]],
    ['a mark that never closes', '"abc\tdef', [['"abc', 'def']]],
    ['a mark that closes too early', '"a"b\tc', [['"a"b', 'c']]],
    ['rows of different length', '1\t2\t3\n4', [['1', '2', '3'], ['4']]],
    ['an empty quoted cell', '""\t1', [['', '1']]],
  ])('%s', (_name, text, rows) => {
    expect(parseTSV(text)).toEqual(rows)
  })

  it('takes 10,000 rows', () => {
    const text = Array.from({ length: 10_000 }, (_, row) => `${row}\t"a\nb"`).join('\n')
    expect(parseTSV(text).length).toBe(10_000)
  })
})

describe('formatTSV is read back as it was', () => {
  it.each([[[['1', '2']]], [[['a\tb', 'c\nd', 'e"f', '', ' x ']]], [[['1'], ['2'], ['3']]]])('%j', (rows) => {
    expect(parseTSV(formatTSV(rows))).toEqual(rows)
  })
})
