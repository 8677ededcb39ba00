import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api/client'
import { FormKey } from '../api/form_key'
import type { components } from '../api/schema.gen'

type Schemas = components['schemas']
export type ImportRequest = Schemas['ImportRequest'] & { ignore_dates?: boolean }
export type ImportPreview = Schemas['ImportPreview']
export type ImportReport = Schemas['LimsImportReport']
export type RowOutcome = Schemas['LimsRowOutcome']
export type Job = Schemas['JobsJob']

/** Stores a file under its hash. */
export async function storeFile(file: File) {
  return answer(
    api.POST('/api/v1/files', {
      params: { query: { name: file.name } },
      body: file as unknown as string,
      bodySerializer: (body: unknown) => body as Blob,
      headers: { 'Content-Type': 'application/octet-stream', ...new FormKey().header },
    }),
  )
}

/** The kinds of instrument files that can be read. */
export function useProfiles() {
  return useQuery({ queryKey: ['import-profiles'], queryFn: () => answer(api.GET('/api/v1/import-profiles')), staleTime: Infinity })
}

/** The equipment of the laboratory that is in use. */
export function useDevices() {
  return useQuery({
    queryKey: ['equipment', 'in use'],
    queryFn: async () => ((await answer(api.GET('/api/v1/equipment'))) ?? []).filter((each) => each.kind === 'laboratory' && each.state === 'in_use'),
    staleTime: 60_000,
  })
}

/** The samples and items with results to be entered by the person who is signed in. */
export function useOpenWork() {
  const worklist = useQuery({ queryKey: ['worklist'], queryFn: () => answer(api.GET('/api/v1/worklist')) })
  const works = worklist.data?.analyses ?? []
  return { samples: [...new Set(works.map(({ number }) => number))], items: [...new Set(works.map(({ item }) => item))] }
}

const pause = 1000

/** A job, asked for until it has ended. */
export function useJob(id: string) {
  return useQuery({
    queryKey: ['job', id],
    queryFn: () => answer(api.GET('/api/v1/jobs/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : pause),
  })
}

/** Whether nothing more will happen to a job. */
export function hasEnded(job: Job): boolean {
  return job.state !== 'waiting' && job.state !== 'running'
}

/** The import that a finished job made; undefined while there is none. */
export function importOf(job: Job): string | undefined {
  try {
    const result: unknown = JSON.parse(job.result)
    if (typeof result !== 'object' || result === null || !('import_id' in result)) return undefined
    return typeof result.import_id === 'string' ? result.import_id : undefined
  } catch {
    return undefined
  }
}

/** What became of each row of an import. */
export function useImportTable(id: string | undefined) {
  return useQuery({
    queryKey: ['import', id],
    queryFn: () => answer(api.GET('/api/v1/imports/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== undefined,
  })
}
