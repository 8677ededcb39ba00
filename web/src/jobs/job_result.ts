/** How many rows an import took in and how many it listed, read from the result of its job; undefined of any other job. */
export function countsOf(result: string): { imported: number; listed: number } | undefined {
  try {
    const read: unknown = JSON.parse(result)
    if (typeof read !== 'object' || read === null || !('imported' in read) || !('listed' in read)) return undefined
    const { imported, listed } = read
    return typeof imported === 'number' && typeof listed === 'number' ? { imported, listed } : undefined
  } catch {
    return undefined
  }
}
