// The one middy stack around every HTTP function: it makes the request, authenticates it as its route demands, and turns
// whatever happens into an answer. Rules of the business never live here.

import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Ambient } from '#domain/ambient.ts'
import type { AuditTrail } from '#domain/audit/trail.ts'
import { type Caller, CallerRefused, requireOrigin, requireScope } from '#domain/callers/caller.ts'
import { ServiceError } from '#domain/errors.ts'
import { auditing } from './audit.ts'
import { corsHeaders, preflight, VARY } from './cors.ts'
import type { Authenticate } from './credentials/authenticate.ts'
import { type Answer, toResult } from './message/answer.ts'
import { type ApiRequest, toApiRequest } from './message/request.ts'
import { PROBLEMS, problemAnswer } from './problems/problem.ts'
import { type Access, type ApiFunction, ROUTES, type RouteKey, type RoutesOf, scopeOf } from './routes.ts'

/** Serves one route. The caller is there exactly when the route's access is "tenant". */
export type Endpoint<K extends RouteKey> = (typeof ROUTES)[K]['access'] extends 'tenant'
  ? (request: ApiRequest, caller: Caller) => Promise<Answer>
  : (request: ApiRequest) => Promise<Answer>

/** What a function has to serve: every route that the table gives it. */
export type Endpoints<F extends ApiFunction> = { readonly [K in RoutesOf<F>]: Endpoint<K> }

export interface StackPorts extends Pick<Ambient, 'log' | 'publicUrl'> {
  /** Absent in a function that changes nothing of anybody's. */
  readonly audit?: AuditTrail
  /** Absent in a function whose routes take no tenant's credential. */
  readonly authenticate?: Authenticate
  /** What a browser is shown instead of a problem document, in a function that people visit. */
  readonly faultPage?: (request: ApiRequest, error: unknown) => Promise<Answer>
}

/** What middy hands to a middleware; the first of ours puts the request in the place of the event. */
interface Run {
  event: APIGatewayProxyEventV2 | ApiRequest
  response: Answer | APIGatewayProxyStructuredResultV2
  error: unknown
  internal: { startedAt?: number }
}

export type HttpHandler = (
  event: APIGatewayProxyEventV2,
  context: Context,
) => Promise<APIGatewayProxyStructuredResultV2>

/** Wraps the endpoints of a function into its Lambda handler. */
export function httpHandler<F extends ApiFunction>(ports: StackPorts, endpoints: Endpoints<F>): HttpHandler {
  const audit = ports.audit && auditing(ports.audit)
  const served: Readonly<Record<string, (request: ApiRequest, caller: Caller) => Promise<Answer>>> = endpoints

  const answering = {
    before: (run: Run) => {
      run.event = toApiRequest(run.event as APIGatewayProxyEventV2)
      run.internal.startedAt = performance.now()
    },
    after: async (run: Run) => {
      run.response = await finish(run, run.response as Answer)
    },
    onError: async (run: Run) => {
      const page = await ports.faultPage?.(run.event as ApiRequest, run.error)
      run.response = await finish(run, page ?? problemAnswer(run.error, ports.publicUrl))
    },
  }

  const authenticating = {
    before: async (run: Run) => {
      const request = run.event as ApiRequest
      // A preflight has no credential (Fetch standard).
      if (request.method === 'OPTIONS') return
      const route = request.routeKey as RouteKey
      const access = accessOf(route)
      if (access === 'operator' && request.operator === undefined) {
        throw new ServiceError(
          'missing_credential',
          'This route needs a request that is signed with AWS Signature Version 4.',
        )
      }
      const scope = scopeOf(route, request.method)
      if (scope === undefined) return
      if (ports.authenticate === undefined)
        throw new Error('A function with tenant routes has to authenticate')
      const caller = await ports.authenticate(request.headers.authorization)
      run.event = { ...request, caller }
      requireOrigin(caller, request.headers.origin)
      requireScope(caller, scope)
    },
  }

  async function finish(
    { event, error, internal }: Run,
    answer: Answer,
  ): Promise<APIGatewayProxyStructuredResultV2> {
    const request = event as ApiRequest
    let failure = error
    let result: APIGatewayProxyStructuredResultV2
    try {
      result = toResult(withOurs(request, answer, error))
    } catch (tooLarge) {
      failure = tooLarge
      result = toResult(withOurs(request, problemAnswer(tooLarge, ports.publicUrl), error))
    }
    const line = {
      request: request.id,
      route: request.routeKey,
      method: request.method,
      status: result.statusCode,
      milliseconds: Math.round(performance.now() - (internal.startedAt ?? 0)),
      tenant: request.caller?.tenant.id,
    }
    if (isOurFault(failure)) ports.log.error('Request failed', { ...line, error: failure })
    else ports.log.info('Request', { ...line, ...(failure instanceof ServiceError && told(failure)) })
    await audit?.(request, answer, failure)
    return result
  }

  const dispatch = async (request: ApiRequest): Promise<Answer> => {
    const endpoint = served[request.routeKey]
    if (endpoint === undefined) throw new Error(`No endpoint serves the route "${request.routeKey}"`)
    return request.method === 'OPTIONS' ? preflight(request) : endpoint(request, request.caller as Caller)
  }

  // middy's types have one event for the whole chain; ours changes on the way.
  return middy({ timeoutEarlyInMillis: 0 })
    .use(answering as middy.MiddlewareObj)
    .use(authenticating as middy.MiddlewareObj)
    .handler(dispatch as never) as unknown as HttpHandler
}

/** The answer with the headers that every answer has. What ClickFunnels' answer varies by, it goes on varying by. */
function withOurs(request: ApiRequest, answer: Answer, error: unknown): Answer {
  const tenant = request.caller?.tenant ?? (error instanceof CallerRefused ? error.tenant : undefined)
  const ours =
    request.routeKey in ROUTES &&
    accessOf(request.routeKey as RouteKey) === 'tenant' &&
    request.method !== 'OPTIONS'
  const vary = [answer.headers.vary, ours ? VARY : undefined].filter((one) => one !== undefined).join(', ')
  return {
    ...answer,
    headers: {
      ...answer.headers,
      ...corsHeaders(request, tenant),
      ...(vary && { vary }),
      'funnel-connect-request-id': request.id,
    },
  }
}

function accessOf(route: RouteKey): Access {
  return ROUTES[route].access
}

/** Why storage, keys or a provider of keys are out of reach is told to the log alone. */
function told({ code, cause }: ServiceError): object {
  return { code, ...(cause !== undefined && { error: cause }) }
}

function isOurFault(error: unknown): boolean {
  if (error === undefined || error === null) return false
  return !(error instanceof ServiceError) || PROBLEMS[error.code].status === 500
}
