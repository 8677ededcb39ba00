const needsQuotes = /[\t\r\n"]/

/**
 * Reads what a spreadsheet puts on the clipboard: cells by tabs, rows by line ends, cells that hold a tab, a line end or
 * a quotation mark in quotation marks, with the marks inside doubled. The line end after the last row is no row.
 */
export function parseTSV(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at <= text.length) {
    const closing = text[at] === '"' ? closingQuote(text, at + 1) : -1
    const end = closing < 0 ? cellEnd(text, at) : closing + 1
    row.push(closing < 0 ? text.slice(at, end) : text.slice(at + 1, closing).replaceAll('""', '"'))
    at = end + 1
    if (text[end] === '\t') continue
    if (text[end] === '\r' && text[end + 1] === '\n') at++
    rows.push(row)
    row = []
    if (at === text.length) break
  }
  return rows
}

/** Writes rows so that a spreadsheet reads them back as they are. */
export function formatTSV(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(quoted).join('\t')).join('\n')
}

function quoted(cell: string): string {
  return needsQuotes.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/**
 * Where the quoted cell that begins at `from` closes: at a mark before a tab, a line end or the end of the text. -1 when
 * there is no such mark, and the first one meant itself.
 */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    const next = text[at + 1]
    if (next === undefined || next === '\t' || next === '\n' || next === '\r') return at
    if (next === '"') at++
    else return -1
  }
  return -1
}

function cellEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\t' || text[at] === '\n' || text[at] === '\r') return at
  }
  return text.length
}
