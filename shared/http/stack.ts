// The one middy stack around every HTTP function. It makes the request from the event, authenticates it as its route demands,
// and turns every outcome into an answer. No business rule lives here.

import middy from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Ambient, Background } from '#domain/ambient.ts'
import type { AuditTrail } from '#domain/audit/trail.ts'
import { type Caller, CallerRefused, requireOrigin, requireScope } from '#domain/callers/caller.ts'
import { ServiceError } from '#domain/errors.ts'
import { deadlineIn } from '#domain/time.ts'
import { auditing } from './audit.ts'
import { corsHeaders, preflight, VARY } from './cors.ts'
import type { Authenticate } from './credentials/authenticate.ts'
import { type Answer, toResult } from './message/answer.ts'
import { type ApiRequest, toApiRequest } from './message/request.ts'
import { methodNotAllowed } from './problems/method-not-allowed.ts'
import { PROBLEMS, problemAnswer } from './problems/problem.ts'
import { requestLine } from './request-line.ts'
import { methodsAt, methodsOfOther } from './route-match.ts'
import {
  type Access,
  ANY_METHOD,
  type ApiFunction,
  ROUTES,
  type RouteKey,
  type RoutesOf,
  scopeOf,
} from './routes.ts'

/** Serves one route. It gets a caller exactly when the route's access is "tenant". */
export type Endpoint<K extends RouteKey> = (typeof ROUTES)[K]['access'] extends 'tenant'
  ? (request: ApiRequest, caller: Caller) => Promise<Answer>
  : (request: ApiRequest) => Promise<Answer>

/** The endpoints of a function: one for every route that the table gives it. */
export type Endpoints<F extends ApiFunction> = { readonly [K in RoutesOf<F>]: Endpoint<K> }

export interface StackPorts extends Pick<Ambient, 'log' | 'publicUrl' | 'now'> {
  /** Absent in a function that changes nothing of a tenant. */
  readonly audit?: AuditTrail
  /** Where the audit trail writes on after the answer. */
  readonly background?: Background
  /** Absent in a function that has no route with the access "tenant". */
  readonly authenticate?: Authenticate
  /** The page that people see instead of a problem document, on the routes that their browsers visit. */
  readonly faultPage?: (request: ApiRequest, error: unknown) => Promise<Answer>
}

/** What middy passes to a middleware. Our first one replaces the event by the request. */
interface Run {
  event: APIGatewayProxyEventV2 | ApiRequest
  context: Context
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
  let cold = true
  const served: Readonly<Record<string, (request: ApiRequest, caller: Caller) => Promise<Answer>>> = endpoints

  const answering = {
    before: (run: Run) => {
      const deadline = deadlineIn(ports.now(), run.context.getRemainingTimeInMillis() / 1000)
      run.event = toApiRequest(run.event as APIGatewayProxyEventV2, deadline)
      run.internal.startedAt = performance.now()
    },
    after: async (run: Run) => {
      run.response = await finish(run, run.response as Answer)
    },
    onError: async (run: Run) => {
      const request = run.event as ApiRequest
      const isForPeople = request.routeKey in ROUTES && accessOf(request.routeKey as RouteKey) === 'browser'
      const page = isForPeople ? await ports.faultPage?.(request, run.error) : undefined
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
      result = toResult(withCommonHeaders(request, answer, error))
    } catch (tooLarge) {
      failure = tooLarge
      result = toResult(withCommonHeaders(request, problemAnswer(tooLarge, ports.publicUrl), error))
    }
    const milliseconds = Math.round(performance.now() - (internal.startedAt ?? 0))
    const line = requestLine(request, { result, failure, milliseconds, cold })
    cold = false
    if (isOurFault(failure)) ports.log.error('Request failed', { ...line, error: failure })
    else ports.log.info('Request', { ...line, ...(failure instanceof ServiceError && refusalOf(failure)) })
    const noted = audit?.(request, answer, failure)?.then(() => result)
    // The audit trail writes on if it takes longer than the caller waits.
    if (noted !== undefined) await (ports.background?.within(noted, request.deadline.answerBy) ?? noted)
    return result
  }

  const dispatch = async (request: ApiRequest): Promise<Answer> => {
    const endpoint = served[request.routeKey]
    if (endpoint === undefined) throw new Error(`No endpoint serves the route "${request.routeKey}"`)
    if (request.method === 'OPTIONS') return preflight(request)
    const methods = methodsOfOther(request)
    if (methods !== undefined) return methodNotAllowed(methods, ports.publicUrl)
    // ANY means the methods of the table, and not TRACE, which would send the access token back to the caller.
    if (request.routeKey.startsWith('ANY ') && !ANY_METHOD.includes(request.method as never)) {
      return methodNotAllowed(methodsAt(request), ports.publicUrl)
    }
    return endpoint(request, request.caller as Caller)
  }

  // The casts are for middy's types, which have one event for the whole chain.
  return middy({ timeoutEarlyInMillis: 0 })
    .use(answering as middy.MiddlewareObj)
    .use(authenticating as middy.MiddlewareObj)
    .handler(dispatch as never) as unknown as HttpHandler
}

/** Adds the headers that every answer has. It keeps what ClickFunnels' own answer varies by. */
function withCommonHeaders(request: ApiRequest, answer: Answer, error: unknown): Answer {
  const tenant = request.caller?.tenant ?? (error instanceof CallerRefused ? error.tenant : undefined)
  const variesByCaller =
    request.routeKey in ROUTES &&
    accessOf(request.routeKey as RouteKey) === 'tenant' &&
    request.method !== 'OPTIONS'
  const vary = [answer.headers.vary, variesByCaller ? VARY : undefined]
    .filter((one) => one !== undefined)
    .join(', ')
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

/** The code of a refusal, and its cause, which goes to the log only. */
function refusalOf({ code, cause }: ServiceError): object {
  return { code, ...(cause !== undefined && { error: cause }) }
}

function isOurFault(error: unknown): boolean {
  if (error === undefined || error === null) return false
  return !(error instanceof ServiceError) || PROBLEMS[error.code].status === 500
}
