import type { FormCatalogue, FormField } from '../samples_api'

/** What is filled in, as the form nests it. */
export type Filled = Readonly<Record<string, unknown>>

/** Tells the text at a path. */
export type TextAt = (path: string) => string

type Condition = FormField['required_when']

/** The text at a path such as details.place_type; empty when there is none. */
export function textAt(values: Filled, path: string): string {
  let found: unknown = values
  for (const part of path.split('.')) {
    if (typeof found !== 'object' || found === null) return ''
    found = (found as Filled)[part]
  }
  return typeof found === 'string' ? found : ''
}

/** The paths on which it depends what a form asks for. */
export function decidingPaths(catalogue: FormCatalogue): string[] {
  const fields = (catalogue.groups ?? []).flatMap((group) => group.fields ?? [])
  return [...new Set(fields.flatMap((field) => [...Object.keys(field.only_when ?? {}), ...Object.keys(field.required_when ?? {})]))]
}

/** Whether a field is to be shown: always, or while each named field has one of the values. */
export function isAsked(field: FormField, at: TextAt): boolean {
  return field.only_when === undefined || holds(field.only_when, at)
}

/** Whether a field must be filled in now. */
export function isRequired(field: FormField, at: TextAt): boolean {
  return field.required || (field.required_when !== undefined && holds(field.required_when, at))
}

function holds(condition: Condition, at: TextAt): boolean {
  return Object.entries(condition ?? {}).every(([path, allowed]) => (allowed ?? []).includes(at(path)))
}
