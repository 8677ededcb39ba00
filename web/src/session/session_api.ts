import { answer, api } from '../api/client'
import { Problem } from '../api/problem'
import type { components } from '../api/schema.gen'

type Me = components['schemas']['Me']

/** Who is signed in, in which roles and for which division or business. */
export type Session = Omit<Me, 'roles'> & { roles: readonly string[] }

/** The session of this browser, or null when nobody is signed in. */
export async function currentSession(): Promise<Session | null> {
  try {
    return withRoles(await answer(api.GET('/api/v1/session')))
  } catch (problem) {
    if (problem instanceof Problem && problem.status === 401) return null
    throw problem
  }
}

/** Signs in; the server keeps the session in a cookie that scripts cannot read. */
export async function signIn(login: string, password: string): Promise<Session> {
  return withRoles(await answer(api.POST('/api/v1/session', { body: { login, password } })))
}

/** Ends the session on the server. */
export async function signOut(): Promise<void> {
  await answer(api.DELETE('/api/v1/session'))
}

function withRoles(me: Me): Session {
  return { ...me, roles: me.roles ?? [] }
}
