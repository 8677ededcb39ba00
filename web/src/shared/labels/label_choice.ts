/** How labels are printed, with the values of the API. */
export interface LabelChoice {
  size: '50x30' | '70x50'
  sheet: 'roll' | 'a4'
  dpi: number
}

export const sizes = ['50x30', '70x50'] as const
export const sheets = ['roll', 'a4'] as const
export const resolutions = [203, 300, 600] as const

const first: LabelChoice = { size: '50x30', sheet: 'roll', dpi: 203 }

const storageKey = 'hengjian.labels'

/** What was kept, as far as it still is a choice. */
export function readChoice(kept: string | null): LabelChoice {
  let old: Partial<Record<keyof LabelChoice, unknown>>
  try {
    old = Object(JSON.parse(kept ?? '{}'))
  } catch {
    return first
  }
  return {
    size: sizes.find((size) => size === old.size) ?? first.size,
    sheet: sheets.find((sheet) => sheet === old.sheet) ?? first.sheet,
    dpi: resolutions.find((dpi) => dpi === old.dpi) ?? first.dpi,
  }
}

/** The choice made last on this device: it has the printer. */
export function keptChoice(): LabelChoice {
  try {
    return readChoice(localStorage.getItem(storageKey))
  } catch {
    return first // storage may be closed to the page
  }
}

/** Keeps the choice on this device. */
export function keepChoice(choice: LabelChoice): void {
  try {
    localStorage.setItem(storageKey, JSON.stringify(choice))
  } catch {
    return
  }
}
