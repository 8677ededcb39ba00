const fullWidth = /[\uff01-\uff5e]/g
const offset = 0xfee0

/**
 * A measured value as typed with a Chinese keyboard, in the characters that the server reads: full-width digits and signs
 * become plain ones, 。 between digits is a decimal point, 《 and 》 before a value are < and >, and a minus is a hyphen.
 * Nothing else changes: "1.230" keeps its zero, "ND" and "未检出" stay.
 */
export function normaliseValue(text: string): string {
  return text
    .replace(fullWidth, (sign) => String.fromCharCode(sign.charCodeAt(0) - offset))
    .replace(/[\u3000\u00a0\s]+/g, ' ')
    .trim()
    .replace(/(\d)。(?=\d)/g, '$1.')
    .replace(/^《/, '<')
    .replace(/^》/, '>')
    .replace(/[\u2212\u2013\u2014](?=\d)/g, '-')
}

/** A text as typed, without blanks around it. */
export function normaliseText(text: string): string {
  return text.trim()
}
