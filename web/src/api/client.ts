import createClient from 'openapi-fetch'
import { Problem, readProblem, unreachable } from './problem'
import type { paths } from './schema.gen'
import { sessionFetch, sessionPath, type SessionGate } from './session_fetch'

let renewing: Promise<boolean> | undefined
let askToSignIn: (() => Promise<boolean>) | undefined

/** Names who asks for a new sign-in when the session expires; undefined while nobody is signed in. */
export function onSessionExpired(ask: (() => Promise<boolean>) | undefined): void {
  askToSignIn = ask
}

const gate: SessionGate = {
  signedIn: async () => (await fetch(sessionPath)).ok,
  renew: () => {
    renewing ??= (askToSignIn?.() ?? Promise.resolve(false)).finally(() => {
      renewing = undefined
    })
    return renewing
  },
}

/** The server, typed by its OpenAPI document: a wrong path, field or enum does not compile. */
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  fetch: (request: Request) => sessionFetch(request, gate),
})

interface Reply {
  data?: unknown
  error?: unknown
  response: Response
}

type Data<R extends Reply> = Exclude<R['data'], undefined>

/** A value and the ETag of the version that was read, for If-Match. */
export interface Tagged<T> {
  value: T
  etag: string
}

/** The data of a reply; throws a Problem when the server refused or could not be reached. */
export async function answer<R extends Reply>(call: Promise<R>): Promise<Data<R>> {
  return (await settled(call)).data as Data<R>
}

/** The same, together with the ETag. */
export async function tagged<R extends Reply>(call: Promise<R>): Promise<Tagged<Data<R>>> {
  const reply = await settled(call)
  return { value: reply.data as Data<R>, etag: reply.response.headers.get('ETag') ?? '' }
}

/** A file with the name that the server gave it. */
export interface NamedFile {
  blob: Blob
  name: string
}

/** The file of a reply that was asked for as a blob; throws a Problem as answer does. */
export async function file<R extends Reply>(call: Promise<R>): Promise<NamedFile> {
  const { data, response } = await settled(call)
  const [, name = ''] = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('Content-Disposition') ?? '') ?? []
  return { blob: data instanceof Blob ? data : new Blob(), name: decodeURIComponent(name) }
}

async function settled<R extends Reply>(call: Promise<R>): Promise<R> {
  const reply = await call.catch((cause: unknown) => {
    throw cause instanceof Problem ? cause : unreachable()
  })
  if (!reply.response.ok) throw readProblem(reply.response, reply.error)
  return reply
}
