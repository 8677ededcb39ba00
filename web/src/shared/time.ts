import type { Language } from '../i18n/i18n'

const zone = 'Asia/Shanghai'

const clocks = { zh: makeClock('zh-CN'), en: makeClock('en-GB') }
const days = { zh: makeDay('zh-CN'), en: makeDay('en-GB') }

/** A moment on the clock of the bureau, whatever the zone of the device: 2026-10-01 08:30. */
export function sayTime(at: string, language: Language): string {
  const moment = new Date(at)
  return Number.isNaN(moment.valueOf()) ? at : clocks[language].format(moment)
}

/** A civil date (2026-10-01), which has no zone. */
export function sayDay(day: string, language: Language): string {
  const moment = new Date(`${day}T12:00:00+08:00`)
  return Number.isNaN(moment.valueOf()) ? day : days[language].format(moment)
}

function makeClock(locale: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { ...dayParts(locale), hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone })
}

function makeDay(locale: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, { ...dayParts(locale), timeZone: zone })
}

function dayParts(locale: string): Intl.DateTimeFormatOptions {
  return { year: 'numeric', month: locale === 'zh-CN' ? '2-digit' : 'short', day: '2-digit' }
}
