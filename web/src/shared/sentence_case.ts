/** Names of fields and tests are written small in English; where one stands alone it begins with a capital. */
export function sentenceCase(label: string): string {
  return label.slice(0, 1).toUpperCase() + label.slice(1)
}
