import type { FieldProblem, Problem } from '../../api/problem'

/** The name of a field in a form: items[0].value is ['items', 0, 'value']. */
export type FieldName = (string | number)[]

/** Reads the server's notation of a path. */
export function fieldName(path: string): FieldName {
  return [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) => (index === undefined ? part : Number(index)))
}

export interface Placed {
  /** For each field of the form that is at fault: its problems. */
  shown: { name: FieldName; problems: FieldProblem[] }[]
  /** The problems that no field of the form can show: they are listed above it. */
  rest: FieldProblem[]
}

/**
 * The faults of a refusal as a form shows them: renamed where a field is called otherwise, and a refused password at the
 * field that it was typed into.
 */
export function faultsOf(problem: Problem, fields: readonly FieldName[], renamed: Readonly<Record<string, string>> = {}): FieldProblem[] {
  if (problem.code === 'credentials_refused' && problem.fields.length === 0) {
    const path = passwordFields.find((name) => fields.some((field) => isSame(field, [name])))
    return path === undefined ? [] : [{ path, code: problem.code, zh: problem.zh, en: problem.en }]
  }
  return problem.fields.map((fault) => ({ ...fault, path: renamed[fault.path] ?? fault.path }))
}

/** Where a signer proves who he is; a second person before the one who is signed in. */
const passwordFields = ['second_password', 'password']

/** Sorts problems to the fields of a form; a fault deep inside a field (period.from) goes to that field (period). */
export function placeProblems(problems: readonly FieldProblem[], fields: readonly FieldName[]): Placed {
  const placed: Placed = { shown: [], rest: [] }
  for (const problem of problems) {
    const name = nearestField(fieldName(problem.path), fields)
    if (name === undefined) {
      placed.rest.push(problem)
      continue
    }
    const known = placed.shown.find((entry) => isSame(entry.name, name))
    if (known) known.problems.push(problem)
    else placed.shown.push({ name, problems: [problem] })
  }
  return placed
}

function nearestField(name: FieldName, fields: readonly FieldName[]): FieldName | undefined {
  for (let length = name.length; length > 0; length--) {
    const prefix = name.slice(0, length)
    const field = fields.find((each) => isSame(each, prefix))
    if (field) return field
  }
  return undefined
}

function isSame(a: FieldName, b: FieldName): boolean {
  return a.length === b.length && a.every((part, index) => String(part) === String(b[index]))
}
