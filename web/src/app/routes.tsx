import type { ComponentType } from 'react'
import { matchPath, type RouteObject } from 'react-router'

/** Loads a page when it is first visited; the page is the module's default export. */
export function page(load: () => Promise<{ default: ComponentType }>): () => Promise<{ Component: ComponentType }> {
  return async () => ({ Component: (await load()).default })
}

/** Every page of the app, by its address. */
export const pages: readonly RouteObject[] = [
  { path: '/samples', lazy: page(() => import('../samples/SamplesPage')) },
  { path: '/samples/new', lazy: page(() => import('../samples/NewSamplePage')) },
  { path: '/samples/:number', lazy: page(() => import('../samples/SamplePage')) },
  { path: '/analyses', lazy: page(() => import('../analyses/AnalysesPage')) },
  { path: '/analyses/import', lazy: page(() => import('../analyses/ImportPage')) },
  { path: '/reports', lazy: page(() => import('../reports/ReportsPage')) },
  { path: '/instruments', lazy: page(() => import('../instruments/InstrumentsPage')) },
  { path: '/instruments/:number', lazy: page(() => import('../instruments/InstrumentPage')) },
  { path: '/verifications', lazy: page(() => import('../verifications/VerificationsPage')) },
  { path: '/verifications/:number', lazy: page(() => import('../verifications/VerificationPage')) },
  { path: '/documents', lazy: page(() => import('../documents/DocumentsPage')) },
  { path: '/documents/:number', lazy: page(() => import('../documents/DocumentPage')) },
  { path: '/trace', lazy: page(() => import('../trace/TracePage')) },
  { path: '/jobs', lazy: page(() => import('../jobs/JobsPage')) },
  { path: '/users', lazy: page(() => import('../users/PeoplePage')) },
  { path: '/portal/instruments', lazy: page(() => import('../portal/PortalInstrumentsPage')) },
  { path: '/portal/instruments/:number', lazy: page(() => import('../portal/PortalInstrumentPage')) },
  { path: '/portal/verifications', lazy: page(() => import('../portal/PortalOrdersPage')) },
  { path: '/portal/verifications/:number', lazy: page(() => import('../portal/PortalOrderPage')) },
  { path: '/portal/documents', lazy: page(() => import('../portal/PortalDocumentsPage')) },
  { path: '/portal/jobs', lazy: page(() => import('../portal/PortalJobsPage')) },
  { path: '/portal/documents/:number', lazy: page(() => import('../portal/PortalDocumentPage')) },
]

/** Whether an address leads to a page. */
export function pageExists(path: string): boolean {
  return pages.some((route) => route.path !== undefined && matchPath(route.path, path) !== null)
}
