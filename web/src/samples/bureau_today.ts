/** The civil date at the bureau now, whatever the zone of the device: 2026-10-01. */
export function bureauToday(): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai' }).format(new Date())
}
