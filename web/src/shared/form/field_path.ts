import type { FieldProblem } from '../../api/problem'

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
