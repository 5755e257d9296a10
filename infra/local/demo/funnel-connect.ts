// What the page may do at Funnel Connect, done by the product's back end with its API key. Who the page's user is comes
// from the product's own token alone, and goes into every call; what belongs to another user is not found.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../loopback-server.ts'
import type { User } from './logins.ts'

export interface FunnelConnectSettings {
  readonly url: string
  readonly apiKey: string
}

const MAX_BODY_BYTES = 4096
/** What the page reads of an answer besides its body. */
const PASSED = ['content-type', 'pagination-next', 'retry-after', 'funnel-connect-answer-by'] as const

/** @param path a path and query of Funnel Connect's, from "/v1/" on */
export async function forward(
  settings: FunnelConnectSettings,
  user: User,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET' } = request
  const target = new URL(`${settings.url}${path}`)
  const call = (to: URL, init: RequestInit = {}) =>
    fetch(to, {
      ...init,
      headers: { authorization: `Bearer ${settings.apiKey}`, 'content-type': 'application/json' },
    })

  const [, kind, id, action] =
    /^\/v1\/(connect-sessions|connections)(?:\/(\w+)(?:\/(\w+))?)?/.exec(target.pathname) ?? []
  if (kind === undefined) return notFound(response)
  if (id === undefined) {
    if (method === 'GET') target.searchParams.set('end_user_id', user.id)
  } else if (action !== 'complete') {
    // Completing is left to Funnel Connect: it has to learn who comes back with somebody else's session.
    const found = await call(new URL(`/v1/${kind}/${id}`, settings.url))
    const { end_user } = (await found.json()) as { end_user?: { id: string } }
    if (found.ok && end_user?.id !== user.id) return notFound(response)
  }

  const sent =
    method === 'POST' ? JSON.parse(String(await readBody(request, MAX_BODY_BYTES)) || '{}') : undefined
  const who = { end_user: { id: user.id, display_name: user.name }, completion: 'verified' }
  const body = sent && JSON.stringify(kind === 'connect-sessions' ? { ...sent, ...who } : sent)
  const answer = await call(target, { method, ...(body && { body }) })
  const headers = PASSED.flatMap((name) => {
    const value = answer.headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  response.writeHead(answer.status, Object.fromEntries(headers))
  response.end(new Uint8Array(await answer.arrayBuffer()))
}

/** As Funnel Connect says it of what is not there. */
function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'application/problem+json' })
  response.end(JSON.stringify({ code: 'not_found', title: 'Not found', detail: 'There is no such thing.' }))
}
