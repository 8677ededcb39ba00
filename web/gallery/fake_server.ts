/**
 * Stands in for the server in the gallery: one person, one form, one signature. A login of "expired" in the form makes
 * the session expire once, "taken" is refused beside its field, "lost" is stored but its answer never arrives.
 */
const session = { id: '0198c0de-0000-7000-8000-000000000001', login: 'zhang.wei', name: '张伟', roles: ['technician', 'reviewer'], division: '370113' }

let signedIn = true
let lost = true
const stored = new Map<string, string>()

/** Answers the app's requests from now on. */
export function startFakeServer(): void {
  window.fetch = async (input, init) => {
    const request = new Request(input, init)
    const body: unknown = request.method === 'GET' ? undefined : await request.json().catch(() => undefined)
    return answer(request, text(body))
  }
}

/** How many forms were stored, however often they were sent. */
export function storedForms(): number {
  return stored.size
}

function answer(request: Request, body: Record<string, string>): Response {
  const { pathname } = new URL(request.url)
  if (pathname === '/api/v1/session') return sessionAnswer(request, body)
  if (!signedIn) return problem(401, 'not_signed_in', '请先登录', 'sign in first')
  if (pathname === '/gallery/sign') return body.password === 'right' ? json({}) : problem(401, 'bad_password', '密码不正确', 'wrong password')
  return formAnswer(request.headers.get('Idempotency-Key') ?? '', body)
}

function sessionAnswer(request: Request, body: Record<string, string>): Response {
  if (request.method === 'POST') signedIn = body.password === 'right'
  if (request.method === 'DELETE') signedIn = false
  if (request.method === 'DELETE') return new Response(null, { status: 204 })
  return signedIn ? json(session) : problem(401, 'bad_password', '登录名或密码不正确', 'wrong login or password')
}

function formAnswer(key: string, body: Record<string, string>): Response {
  const already = stored.has(key)
  if (body.login === 'expired' && !already) {
    stored.set(key, 'expired')
    signedIn = false
    return problem(401, 'not_signed_in', '请先登录', 'sign in first')
  }
  if (body.login === 'taken') {
    return problem(422, 'invalid', '输入有误，请更正后重试', 'the input has faults', [
      { path: 'login', code: 'taken', zh: '登录名已被使用', en: 'the login is taken' },
      { path: 'division', code: 'closed', zh: '该区划今日停止办理', en: 'the division is closed today' },
    ])
  }
  stored.set(key, JSON.stringify(body))
  if (body.login === 'lost' && lost) {
    lost = false
    return problem(503, 'outcome_unknown', '结果未知，请重试', 'the outcome is unknown, try again')
  }
  return json({})
}

interface Fault {
  path: string
  code: string
  zh: string
  en: string
}

function problem(status: number, code: string, zh: string, en: string, errors: Fault[] = []): Response {
  return json({ type: 'about:blank', title: code, status, code, zh, en, errors }, status)
}

function json(value: unknown, status = 200): Response {
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  return new Response(JSON.stringify(value), { status, headers: { 'Content-Type': type } })
}

function text(body: unknown): Record<string, string> {
  return typeof body === 'object' && body !== null ? (body as Record<string, string>) : {}
}
