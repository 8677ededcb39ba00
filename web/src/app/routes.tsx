import type { ComponentType } from 'react'
import { matchPath, type RouteObject } from 'react-router'

/** Loads a page when it is first visited; the page is the module's default export. */
export function page(load: () => Promise<{ default: ComponentType }>): () => Promise<{ Component: ComponentType }> {
  return async () => ({ Component: (await load()).default })
}

/** Every page of the app, by its address. */
export const pages: readonly RouteObject[] = []

/** Whether an address leads to a page. */
export function pageExists(path: string): boolean {
  return pages.some((route) => route.path !== undefined && matchPath(route.path, path) !== null)
}
