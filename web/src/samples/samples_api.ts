import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import { answer, api, tagged, type Tagged } from '../api/client'
import type { components } from '../api/schema.gen'

type Schemas = components['schemas']
export type SampleDetail = Schemas['LimsDetail']
export type SamplingForm = Schemas['LimsSamplingForm']
export type FormCatalogue = Schemas['LimsForm']
export type FormField = Schemas['LimsField']
export type Analysis = Schemas['LimsAnalysisDetail']
export type Result = Schemas['LimsResult']
export type Entry = Schemas['LimsEntry']
export type Portion = Schemas['LimsPortionDetail']
export type Seal = Schemas['LimsSeal']
export type Handover = Schemas['LimsHandover']
export type Report = Schemas['LimsReport']
export type Equipment = Schemas['InstrumentsEquipmentStatus']
export type IssuedDocument = Schemas['CertificatesDocument']
export type ReadSample = Tagged<SampleDetail>

/** The kinds of product that are sampled, each with a form of its own. */
export const categories = ['food', 'drug', 'device', 'fuel', 'coal'] as const
export type Category = (typeof categories)[number]

/** Everything about one sample, in the version that was read. */
export function sampleQuery(number: string) {
  return queryOptions({
    queryKey: ['sample', number],
    queryFn: () => tagged(api.GET('/api/v1/samples/{number}', { params: { path: { number } } })),
  })
}

/** The chain of custody of one sample. */
export function useCustody(number: string) {
  return useQuery({
    queryKey: ['sample', number, 'custody'],
    queryFn: () => answer(api.GET('/api/v1/samples/{number}/custody', { params: { path: { number } } })),
  })
}

/** The fields of a category's sampling form. */
export function useCatalogue(category: Category) {
  return useQuery({
    queryKey: ['form-fields', category],
    queryFn: () => answer(api.GET('/api/v1/form-fields/{category}', { params: { path: { category } } })),
    staleTime: Infinity,
    placeholderData: keepPreviousData, // the form stays, with what was typed, while that of another category is fetched
  })
}

/** The people of the bureau in a role who may be chosen now. */
export function usePeople(role: string) {
  return useQuery({
    queryKey: ['people', role],
    queryFn: async () => {
      const page = await answer(api.GET('/api/v1/people', { params: { query: { role, limit: 200 } } }))
      return (page.items ?? []).filter((person) => person.disabled_at === undefined)
    },
    staleTime: 60_000,
  })
}

/** The test methods in force. */
export function useMethods() {
  return useQuery({ queryKey: ['methods'], queryFn: () => answer(api.GET('/api/v1/methods')), staleTime: 60_000 })
}

/** The equipment with which results may be measured. */
export function useEquipment() {
  return useQuery({
    queryKey: ['equipment', 'laboratory'],
    queryFn: async () => ((await answer(api.GET('/api/v1/equipment'))) ?? []).filter((each) => each.kind === 'laboratory'),
    staleTime: 60_000,
  })
}

/** The documents that were issued of a sample. */
export function useIssuedDocuments(number: string, issued: boolean) {
  return useQuery({
    queryKey: ['documents', number],
    queryFn: async () => {
      const page = await answer(api.GET('/api/v1/documents', { params: { query: { q: number } } }))
      return (page.items ?? []).filter((each) => each.subject_number === number)
    },
    enabled: issued,
  })
}

/** Whether a text names a category. */
export function isCategory(text: string | null): text is Category {
  return categories.some((category) => category === text)
}
