// One request to every route of the deployed template, aimed at what belongs to one tenant.
import type { ApiCall } from '../support/stack.ts'

/** What is aimed at: path parameters by name, and what bodies need. */
export type Targets = Readonly<Record<string, string>>

export interface Attempt {
  readonly path: string
  readonly call: ApiCall
}

const BODIES: Readonly<Record<string, (targets: Targets) => object>> = {
  'POST /v1/connect-sessions': ({ id, return_url, end_user }) => ({
    return_url,
    connection_id: id,
    ...(end_user && { end_user: { id: end_user } }),
  }),
  'POST /v1/connect-sessions/{id}/complete': ({ end_user }) =>
    end_user === undefined ? {} : { end_user: { id: end_user } },
  'POST /v1/manage-links': ({ return_url, end_user }) => ({
    return_url,
    end_user: { id: end_user ?? 'me' },
  }),
  'PUT /v1/export-key': () => ({ public_key: { kty: 'OKP', crv: 'X25519', x: 'x' } }),
  'POST /v1/webhook-endpoints': () => ({ url: 'https://saas.example.com/hooks' }),
  'POST /v1/webhook-endpoints/{endpoint_id}/replay': () => ({ since: '2020-01-01T00:00:00Z' }),
  'PATCH /v1/webhook-endpoints/{endpoint_id}': () => ({ enabled: false }),
}

/** `{id}` names a session or a connection, as the path says. */
export function attempt(routeKey: string, targets: Targets): Attempt {
  const [method = '', template = ''] = routeKey.split(' ')
  const id = template.startsWith('/v1/connect-sessions/') ? targets.session : targets.id
  const path = template
    .replace('{id}', id ?? '')
    .replace(/\{(\w+)\+?\}/g, (_, name: string) => targets[name] ?? 'me')
  const body = BODIES[routeKey]?.(targets)
  return { path, call: { method: method === 'ANY' ? 'POST' : method, ...(body && { body }) } }
}
