import type { FormField } from '../samples_api'

/** What is filled in, as the form nests it. */
export type Filled = Readonly<Record<string, unknown>>

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

/** Whether a field is to be shown: always, or while each named field has one of the values. */
export function isAsked(field: FormField, values: Filled): boolean {
  return field.only_when === undefined || holds(field.only_when, values)
}

/** Whether a field must be filled in now. */
export function isRequired(field: FormField, values: Filled): boolean {
  return field.required || (field.required_when !== undefined && holds(field.required_when, values))
}

function holds(condition: Condition, values: Filled): boolean {
  return Object.entries(condition ?? {}).every(([path, allowed]) => (allowed ?? []).includes(textAt(values, path)))
}
