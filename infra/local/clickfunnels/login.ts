// The login of the simulator: one account, one click, no credential. A cookie of its own remembers it. Only browsers are asked:
// programs such as curl and tests go straight to the consent.
import { type Reply, readBody, type SimulatorRequest, text } from './http.ts'

/** The only account. */
export const ACCOUNT = { name: 'Demo Owner', email: 'owner@example.com' } as const

export const LOGIN_COOKIE = { name: 'simulated_login', value: 'demo' } as const
const COOKIE = `${LOGIN_COOKIE.name}=${LOGIN_COOKIE.value}`
const LIFETIME_SECONDS = 30 * 24 * 60 * 60

/** Whether a browser asks that has not logged in. Every browser marks its navigation (Fetch metadata); no program does. */
export function mustLogIn({ headers }: SimulatorRequest): boolean {
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim())
  return headers['sec-fetch-mode'] === 'navigate' && !cookies.includes(COOKIE)
}

/** Answers POST /oauth/login: logs in, and goes on with the authorization request. The form cannot lead anywhere else. */
export function loginReply(request: SimulatorRequest): Reply {
  const query = new URLSearchParams(text(readBody(request) ?? {}, 'request') ?? '')
  return {
    status: 303,
    headers: {
      location: `/oauth/authorize?${query}`,
      'set-cookie': `${COOKIE}; Path=/oauth; HttpOnly; SameSite=Lax; Max-Age=${LIFETIME_SECONDS}`,
      'cache-control': 'no-store',
    },
    body: '',
  }
}
