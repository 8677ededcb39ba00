import type { ImportRequest, RowOutcome } from './analyses_api'

/** What an instrument file calls things → what the laboratory calls them. */
export type Names = Record<string, string>

/** What an instrument file writes for samples, items and units; a unit may be nothing at all. */
export interface FileNames {
  samples: Names
  items: Names
  units: Names
}

export const noNames: FileNames = { samples: {}, items: {}, units: {} }

/** How the server begins to say that it does not know a name; a test holds these to its own words. */
export const unknown = { sample: 'there is no sample ', item: 'the sample has no item ' } as const

/**
 * The names to be matched: those that the server does not know, and those that were matched before. Of a row whose sample
 * is unknown the server has not looked at the item yet; one that no open work has is asked for as well. A unit is asked for
 * where its results could not be judged.
 */
export function namesToMatch(rows: readonly RowOutcome[], knownItems: readonly string[], matched: FileNames): Record<keyof FileNames, string[]> {
  const known = new Set(knownItems.map((item) => item.toLowerCase()))
  const noSample = rows.filter(({ reason_en }) => reason_en?.startsWith(unknown.sample))
  const noItem = rows.filter(({ reason_en }) => reason_en?.startsWith(unknown.item))
  const unjudged = rows.filter(({ verdict }) => verdict === 'undetermined')
  const strange = noSample.filter(({ item }) => item !== '' && !known.has(item.toLowerCase()))
  return {
    samples: named([...Object.keys(matched.samples), ...noSample.map(({ sample }) => sample)]),
    items: named([...Object.keys(matched.items), ...noItem.map(({ item }) => item), ...strange.map(({ item }) => item)]),
    units: distinct([...Object.keys(matched.units), ...unjudged.map(({ unit }) => unit)]),
  }
}

/** The names that were matched with something, as the server takes them. */
export function filledNames({ samples, items, units }: FileNames): FileNames {
  return { samples: filled(samples), items: filled(items), units: filled(units) }
}

/** A form as the server takes it: with the names that were matched, and the dates of the file unless they are to be ignored. */
export function requestOf({ ignore_dates, ...request }: ImportRequest, names: FileNames): ImportRequest {
  return { ...request, ...filledNames(names), ...(ignore_dates && { ignore_dates }) }
}

/** Whether two matchings are the same to the server. */
export function sameNames(a: FileNames, b: FileNames): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(names: FileNames): [string, string][][] {
  const { samples, items, units } = filledNames(names)
  return [samples, items, units].map((each) => Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function filled(names: Names): Names {
  return Object.fromEntries(Object.entries(names).flatMap(([name, to]) => (to.trim() === '' ? [] : [[name, to.trim()]])))
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)]
}

function named(names: readonly string[]): string[] {
  return distinct(names).filter((name) => name !== '')
}
