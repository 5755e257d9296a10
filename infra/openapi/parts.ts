// What operations share: tags, security, headers, path parameters, sets of problems and an example of each.

import { API_KEY_ONLY_SCOPES } from '#domain/callers/caller.ts'
import { ERROR_CODES, type ErrorCode } from '#domain/errors.ts'
import { ERROR_CATALOG } from '#http/problems/catalog.ts'
import { PROBLEMS, problemType } from '#http/problems/problem.ts'
import { ROUTES, type RouteKey, scopeOf } from '#http/routes.ts'
import {
  API_KEY,
  APP,
  CONNECTION,
  DELIVERY,
  IDENTITY_PROVIDER,
  SESSION,
  TENANT,
  WEBHOOK_ENDPOINT,
} from './bodies/samples.ts'

export const TAGS = [
  {
    name: 'Connect sessions',
    description: 'A connect session is one attempt of one end user to connect a ClickFunnels workspace.',
  },
  {
    name: 'Connections',
    description: 'A connection is a ClickFunnels workspace that an end user has connected, with its tokens.',
  },
  { name: 'ClickFunnels', description: 'Calls of the ClickFunnels API through a connection.' },
  {
    name: 'Browser',
    description:
      "Routes that an end user's browser visits on its way to ClickFunnels and back. Not for programs.",
  },
  { name: 'Tenant', description: 'What a tenant can read about itself.' },
  {
    name: 'Webhooks',
    description:
      "Where this service sends a tenant's events, signed as Standard Webhooks. For API keys only.",
  },
  {
    name: 'Operator',
    description:
      'Routes for the operator of the service: tenants, their apps, credentials, connections and keys.',
  },
  { name: 'Service', description: 'The service itself: its health, its contract, its error codes.' },
] as const

export function tagOf(key: RouteKey): (typeof TAGS)[number]['name'] {
  const { access } = ROUTES[key]
  if (access === 'operator') return 'Operator'
  if (access === 'browser') return 'Browser'
  if (access === 'provider') return 'ClickFunnels'
  if (access === 'anyone') return 'Service'
  if (key.includes('/v1/connect-sessions')) return 'Connect sessions'
  if (key.includes('/v1/webhook-endpoints')) return 'Webhooks'
  if (/\/(funnels|proxy)\b/.test(key)) return 'ClickFunnels'
  return key.includes('/v1/connections') ? 'Connections' : 'Tenant'
}

/** The security of an operation. The list of a scheme names the scopes that an API key needs (OpenAPI 3.1). */
export function securityOf(key: RouteKey, method: string): readonly object[] {
  const scope = scopeOf(key, method)
  if (scope !== undefined)
    return [{ apiKey: [scope] }, ...(API_KEY_ONLY_SCOPES.includes(scope) ? [] : [{ endUserJwt: [] }])]
  return ROUTES[key].access === 'operator' ? [{ awsSigV4: [] }] : []
}

export const SECURITY_SCHEMES = {
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      "An API key of the tenant, for its back end: `Authorization: Bearer fc_live_…`. It acts for all of the tenant's end users. Never put it into a web page.",
  },
  endUserJwt: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      "A JWT that the tenant's own identity provider issued to an end user, for the tenant's front end: `Authorization: Bearer eyJ…`. It acts for that end user and reaches only that end user's sessions and connections.",
  },
  awsSigV4: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'awsSigv4',
    description:
      'A request signed with AWS Signature Version 4 by an IAM principal of the operator. API Gateway itself refuses other requests: 403 with the body `{"message": …}`.',
  },
} as const

export const HEADERS = {
  Link: {
    description: 'URL of the next page, at this service (RFC 8288). Absent on the last page.',
    schema: { type: 'string' },
  },
  'Pagination-Next': {
    description: 'Send it as the query parameter `after` to get the next page. Absent on the last page.',
    schema: { type: 'string' },
  },
  Location: { description: 'URL that the browser goes to next.', schema: { type: 'string', format: 'uri' } },
  'Retry-After': {
    description:
      'When to retry: a number of seconds, or an HTTP date if ClickFunnels sent one. Absent if a retry would not help.',
    schema: { type: 'string' },
  },
  'Funnel-Connect-Answer-By': {
    description: 'The answer comes from ClickFunnels. Absent if it comes from this service.',
    schema: { const: 'clickfunnels' },
  },
  'Funnel-Connect-Idempotent-Replay': {
    description:
      'The answer is the stored one of an earlier call with the same `Idempotency-Key`. Absent otherwise.',
    schema: { const: 'true' },
  },
} as const

/** How a request to ClickFunnels can fail. */
export const UPSTREAM = [
  'upstream_unreachable',
  'upstream_untrusted',
  'upstream_blocked',
  'upstream_malformed',
  'upstream_answer_lost',
  'upstream_slow',
  'upstream_timeout',
] as const satisfies readonly ErrorCode[]

/** How encrypting or decrypting a secret of the tenant can fail. */
export const VAULT = ['secret_unreadable', 'kms_key_unavailable', 'tenant_shredded'] as const

/** The names of the parameters in a path. */
type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? (Name extends `${infer Greedy}+` ? Greedy : Name) | NamesIn<Rest>
  : never

interface PathParameter {
  readonly description: string
  readonly example: string
}

/** `id` is the one name that means several things: see pathParameters. */
const PATH_PARAMETERS: Readonly<Record<Exclude<NamesIn<RouteKey>, 'id'>, PathParameter>> = {
  app_id: { description: 'Id of the app.', example: APP },
  connection_id: { description: 'Id of the connection.', example: CONNECTION },
  delivery_id: { description: 'Id of the delivery.', example: DELIVERY },
  endpoint_id: { description: 'Id of the webhook endpoint.', example: WEBHOOK_ENDPOINT },
  ingest_id: {
    description: 'The last part of the URL that the endpoint at ClickFunnels has.',
    example:
      '01k2q8v4000123456789abcdef-conn-01k2q8v4000123456789abcdef-3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  },
  key_id: { description: 'Id of the API key (not the key itself).', example: API_KEY },
  provider_id: { description: 'Id of the identity provider.', example: IDENTITY_PROVIDER },
  serial: { description: 'Number of the client secret: `serial` in the app.', example: '1' },
  tenant_id: { description: 'Id of the tenant.', example: TENANT },
  path: {
    description:
      "Path of the call: what follows `/api/v2/` in ClickFunnels' documentation, slashes included. OpenAPI cannot say that a path parameter has slashes; a client that sends them as `%2F` works as well.",
    example: 'workspaces/20417/contacts',
  },
}

export function pathParameters(key: RouteKey): object[] {
  const names = [...key.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => name)
  return names.map((name) => {
    const { description, example } =
      name === 'id' ? idIn(key) : PATH_PARAMETERS[name as keyof typeof PATH_PARAMETERS]
    return { name, in: 'path', required: true, description, schema: { type: 'string' }, example }
  })
}

function idIn(key: RouteKey): PathParameter {
  return key.includes('/connect-sessions/')
    ? { description: 'Id of the connect session.', example: SESSION }
    : { description: 'Id of the connection.', example: CONNECTION }
}

/** An example of a problem for each error code. */
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
