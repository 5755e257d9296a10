// What operations share: tags, security, headers, path parameters, sets of problems and an example of each.

import { TENANTS_OWN } from '#domain/callers/caller.ts'
import { ERROR_CODES, type ErrorCode } from '#domain/errors.ts'
import { ERROR_CATALOG } from '#http/problems/catalog.ts'
import { PROBLEMS, problemType } from '#http/problems/problem.ts'
import { ROUTES, type RouteKey, scopeOf } from '#http/routes.ts'

export const TAGS = [
  { name: 'Connect sessions', description: 'One attempt of one end user to connect.' },
  { name: 'Connections', description: 'Workspaces that granted access.' },
  { name: 'ClickFunnels', description: 'The ClickFunnels API behind a connection.' },
  { name: 'Browser', description: "Where an end user's browser comes by. Not for programs." },
  { name: 'Tenant', description: 'What else concerns a tenant.' },
  { name: 'Operator', description: 'Tenants and what belongs to them.' },
  { name: 'Service', description: 'The service itself.' },
] as const

export function tagOf(key: RouteKey): (typeof TAGS)[number]['name'] {
  const { access } = ROUTES[key]
  if (access === 'operator') return 'Operator'
  if (access === 'browser') return 'Browser'
  if (access === 'anyone') return 'Service'
  if (key.includes('/v1/connect-sessions')) return 'Connect sessions'
  if (/\/(funnels|proxy)\b/.test(key)) return 'ClickFunnels'
  return key.includes('/v1/connections') ? 'Connections' : 'Tenant'
}

/** A scheme's list names the scopes that an API key needs (OpenAPI 3.1, security requirement object). */
export function securityOf(key: RouteKey, method: string): readonly object[] {
  const scope = scopeOf(key, method)
  if (scope !== undefined)
    return [{ apiKey: [scope] }, ...(TENANTS_OWN.includes(scope) ? [] : [{ endUserJwt: [] }])]
  return ROUTES[key].access === 'operator' ? [{ awsSigV4: [] }] : []
}

export const SECURITY_SCHEMES = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key of the tenant, for its back end: acts for all its users.',
  },
  endUserJwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      "A JWT of the tenant's own identity provider, for its front end: acts for the user it names, who sees only their own.",
  },
  awsSigV4: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'awsSigv4',
    description:
      'A request signed with AWS Signature Version 4. Refusals are API Gateway\'s own (403, `{"message": …}`).',
  },
} as const

export const HEADERS = {
  Link: { description: 'The next page, by a URL of this service (RFC 8288).', schema: { type: 'string' } },
  'Pagination-Next': {
    description: 'Pass it as `after` for the next page. Absent on the last one.',
    schema: { type: 'string' },
  },
  Location: { description: 'Where the browser goes next.', schema: { type: 'string', format: 'uri' } },
  'Retry-After': {
    description: 'Seconds, or a date, after which trying again makes sense.',
    schema: { type: 'string' },
  },
  'Funnel-Connect-Answer-By': {
    description: 'The answer is of ClickFunnels, not of this service.',
    schema: { const: 'clickfunnels' },
  },
  Allow: { description: 'The methods that the path takes.', schema: { type: 'string' } },
} as const

/** What may come of asking ClickFunnels for something. */
export const UPSTREAM = [
  'upstream_unreachable',
  'upstream_untrusted',
  'upstream_blocked',
  'upstream_malformed',
  'upstream_answer_lost',
  'upstream_timeout',
] as const satisfies readonly ErrorCode[]

/** What may come of opening or sealing a secret of the tenant. */
export const VAULT = ['secret_unreadable', 'kms_key_unavailable', 'tenant_shredded'] as const

const THINGS: Readonly<Record<string, string>> = {
  'connect-sessions': 'connect session',
  connections: 'connection',
  tenants: 'tenant',
  apps: 'app',
  'api-keys': 'API key',
  callback: 'app',
  proxy: 'path',
}

export function pathParameters(key: RouteKey): object[] {
  const segments = key.replace('+}', '}').split('/')
  return segments.flatMap((segment, i) => {
    if (!segment.startsWith('{')) return []
    const collection = segments[i - 1] ?? ''
    const thing = THINGS[collection] ?? collection.replaceAll('-', ' ').replace(/s$/, '')
    return {
      name: segment.slice(1, -1),
      in: 'path',
      required: true,
      description: thing === 'path' ? 'What follows `/api/v2/`.' : `Id of the ${thing}.`,
      schema: { type: 'string' },
    }
  })
}

/** One of each code, as the service would tell it. */
export function problemExamples(): Record<string, object> {
  const examples = ERROR_CODES.map((code) => {
    const { status, title } = PROBLEMS[code]
    const { meaning, remedy } = ERROR_CATALOG[code]
    const value = {
      type: problemType('https://connect.example.com', code),
      title,
      status,
      code,
      detail: meaning,
    }
    return [code, { summary: title, description: remedy, value }]
  })
  return Object.fromEntries(examples)
}
