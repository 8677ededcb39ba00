import { useMutation } from '@tanstack/react-query'
import { Form, type FormInstance } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { FormKey } from '../../api/form_key'
import { Problem, type FieldProblem } from '../../api/problem'
import { useLanguage } from '../../i18n/LanguageProvider'
import { faultsOf, placeProblems, type FieldName } from './field_path'

interface ApiFormOptions<V, R> {
  /** Sends the values. The key identifies this form over all retries: pass key.header with every creating POST. */
  submit: (values: V, key: FormKey) => Promise<R>
  onDone: (result: R) => void | Promise<void>
  /** What the server calls otherwise than the form: agreed_by is typed into second_login. */
  renamed?: Readonly<Record<string, string>>
}

/** A form whose faults the server tells; see useApiForm. */
export interface ApiForm<V> {
  form: FormInstance<V>
  pending: boolean
  problem: Error | null
  /** The faults that no field shows. */
  rest: readonly FieldProblem[]
  send: (values: V) => void
  /** Takes back the faults of the last try, for a form that is opened anew. */
  clear: () => void
}

/**
 * Sends a form and shows the server's faults beside its fields, in the language of the interface, and the rest above it.
 * What was typed stays until the server has stored it.
 */
export function useApiForm<V extends object, R>({ submit, onDone, renamed }: ApiFormOptions<V, R>): ApiForm<V> {
  const [form] = Form.useForm<V>()
  const [key] = useState(() => new FormKey())
  const { language } = useLanguage()
  const [rest, setRest] = useState<readonly FieldProblem[]>([])
  const told = useRef<readonly FieldName[]>([])

  const mutation = useMutation({
    mutationFn: (values: V) => submit(values, key),
    onSettled: (_result, problem) => key.settle(problem instanceof Problem ? problem : undefined),
    onSuccess: onDone,
  })
  const { error: problem, reset, mutate, isPending: pending } = mutation

  useEffect(() => {
    // A field without a rule of its own keeps its faults until they are taken back.
    if (told.current.length > 0) form.setFields(told.current.map((name) => fault<V>(name, [])))
    told.current = []
    if (!(problem instanceof Problem)) return setRest([])
    const known: FieldName[] = form.getFieldsError().map(({ name }) => name)
    const { shown, rest: others } = placeProblems(faultsOf(problem, known, renamed), known)
    form.setFields(shown.map(({ name, problems }) => fault<V>(name, problems.map((each) => each[language]))))
    told.current = shown.map(({ name }) => name)
    setRest(others)
    const first = shown[0]
    if (first) form.scrollToField(first.name as Parameters<typeof form.scrollToField>[0], { focus: true, block: 'center' })
  }, [form, problem, language, renamed])

  return { form, pending, problem, rest, send: mutate, clear: reset }
}

type Fault<V> = Parameters<FormInstance<V>['setFields']>[0][number]

function fault<V>(name: FieldName, errors: string[]): Fault<V> {
  return { name: name as Fault<V>['name'], errors }
}
