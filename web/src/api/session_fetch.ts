/** What stands between a request and an expired session. */
export interface SessionGate {
  /** Asks the server whether the session still holds. */
  signedIn: () => Promise<boolean>
  /** Has the person sign in again over the page; false when there was no session or the person gave up. */
  renew: () => Promise<boolean>
}

/** The path of the session itself, whose refusals are answers, not interruptions. */
export const sessionPath = '/api/v1/session'

/**
 * Sends a request; when the session has expired meanwhile, waits for the person to sign in again and sends the same
 * request (with the same Idempotency-Key) once more. A refused signature is 401 too: then the session still holds and the
 * answer goes to the caller, and the wrong password is not tried a second time.
 */
export async function sessionFetch(request: Request, gate: SessionGate, send: typeof fetch = fetch): Promise<Response> {
  const spare = request.clone()
  const response = await send(request)
  const own = new URL(request.url).pathname === sessionPath
  if (response.status !== 401 || own || (await gate.signedIn())) return response
  return (await gate.renew()) ? send(spare) : response
}
