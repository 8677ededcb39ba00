import { describe, expect, it } from 'vitest'
import { sessionFetch } from './session_fetch'

interface World {
  signedIn: boolean
  renews: boolean
  log: string[]
}

/** Sends a request in a world where the session has expired or a password is wrong. */
async function sendIn(world: World, path = '/api/v1/samples'): Promise<Response> {
  const send = async (input: RequestInfo | URL) => {
    const request = input as Request
    world.log.push(`${request.headers.get('Idempotency-Key')} ${await request.text()}`)
    return new Response(null, { status: world.signedIn ? 201 : 401 })
  }
  const gate = {
    signedIn: async () => world.signedIn,
    renew: async () => {
      world.log.push('renew')
      world.signedIn = world.renews
      return world.renews
    },
  }
  const request = new Request(`http://localhost${path}`, { method: 'POST', body: 'typed', headers: { 'Idempotency-Key': 'k' } })
  return sessionFetch(request, gate, send)
}

describe('sessionFetch', () => {
  it('sends once while the session holds', async () => {
    const world = { signedIn: true, renews: true, log: [] }
    expect((await sendIn(world)).status).toBe(201)
    expect(world.log).toEqual(['k typed'])
  })

  it('sends the same request again after a new sign-in', async () => {
    const world = { signedIn: false, renews: true, log: [] }
    expect((await sendIn(world)).status).toBe(201)
    expect(world.log).toEqual(['k typed', 'renew', 'k typed'])
  })

  it('gives the refusal back when the person does not sign in', async () => {
    const world = { signedIn: false, renews: false, log: [] }
    expect((await sendIn(world)).status).toBe(401)
    expect(world.log).toEqual(['k typed', 'renew'])
  })

  it('does not interrupt the sign-in itself', async () => {
    const world = { signedIn: false, renews: true, log: [] }
    expect((await sendIn(world, '/api/v1/session')).status).toBe(401)
    expect(world.log).toEqual(['k typed'])
  })

  it('tries the wrong password of a signature once only', async () => {
    const log: string[] = []
    const send = async () => {
      log.push('send')
      return new Response(null, { status: 401 })
    }
    const gate = { signedIn: async () => true, renew: async () => true }
    const response = await sessionFetch(new Request('http://localhost/api/v1/reports/1/approve', { method: 'POST' }), gate, send)
    expect([response.status, log]).toEqual([401, ['send']])
  })
})
