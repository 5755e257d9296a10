// Makes the audit event of a request, in one place: the route table names the action, the credential the actor, the failure
// the result. An endpoint adds what only it knows: the id of what it created, the reason, or, where a route takes no
// credential, the whole event.
import type { AuditActor, AuditNote, Origin, ResourceType } from '#domain/audit/event.ts'
import type { AuditTrail } from '#domain/audit/trail.ts'
import { type ErrorCode, ServiceError } from '#domain/errors.ts'
import { type MintedIds, parseId, type TenantId } from '#domain/ids.ts'
import { ExpiringCache } from './credentials/expiring-cache.ts'
import type { Answer } from './message/answer.ts'
import { idInPath } from './message/path-id.ts'
import type { ApiRequest } from './message/request.ts'
import { PROBLEMS } from './problems/problem.ts'
import { ROUTES, type Route, type RouteKey } from './routes.ts'

export type Auditing = (request: ApiRequest, answer: Answer, failure: unknown) => Promise<void> | undefined

/** The request was refused for its form or by a limit, so nothing was tried. */
const NOT_TRIED: ReadonlySet<string> = new Set([
  'malformed_request',
  'validation_failed',
  'request_too_large',
  'tenant_limit_exceeded',
  'end_user_limit_exceeded',
] satisfies ErrorCode[])
/** An end user can cause these without end, by naming ids and URLs that do not exist. */
const INVENTED: ReadonlySet<string> = new Set([
  'not_found',
  'return_url_not_registered',
] satisfies ErrorCode[])
const MAX_USER_AGENT = 200
/**
 * The same refusal is written once a minute and process: a refused access, an end user's 403, the second return of a browser.
 * End users get their credentials elsewhere, so we cannot bound how many requests they make. A request that changed something
 * is always written.
 */
const REFUSAL_SECONDS = 60
const MAX_REFUSALS = 1000

const ID_KINDS = {
  tenant: 'tenant',
  app: 'app',
  api_key: 'apiKey',
  identity_provider: 'identityProvider',
  connect_session: 'connectSession',
  manage_link: 'manageLink',
  connection: 'connection',
  webhook_endpoint: 'endpoint',
} as const satisfies Record<ResourceType, keyof MintedIds>

/** Builds the auditing of a process. It writes before the answer leaves, and never throws. */
export function auditing(trail: AuditTrail): Auditing {
  const refusals = new ExpiringCache<void>(REFUSAL_SECONDS, MAX_REFUSALS)
  return (request, answer, failure) => {
    const note = answer.audit ?? noteOf(request, answer, failure)
    // Most requests change nothing. They wait for nothing.
    if (note === undefined) return undefined
    const write = () => trail.note({ ...note, from: originOf(request) })
    const { tenantId, action, actor, result, reason } = note
    if (!isRepeatable(note, failure)) return write()
    return refusals.get(JSON.stringify([tenantId, action, actor, result, reason]), write)
  }
}

function isRepeatable({ action, actor, result }: AuditNote, failure: unknown): boolean {
  if (action === 'access.refuse') return true
  if (actor?.kind === 'browser') return result !== 'ok'
  return actor?.kind === 'end_user' && isForbidden(result) && !hasChanged(failure)
}

function hasChanged(failure: unknown): boolean {
  return failure instanceof ServiceError && failure.changed
}

/** The reason of a change: the names of the changed fields, as on the wire, and the new status. Other values may be secret. */
export function changesOf(change: object): string {
  const changes = Object.entries(change).map(([name, value]) =>
    name === 'status' ? `status ${value}` : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  )
  return changes.join(', ')
}

function noteOf(request: ApiRequest, answer: Answer, failure: unknown): AuditNote | undefined {
  const route: Route | undefined = ROUTES[request.routeKey as RouteKey]
  const result = resultOf(failure)
  if (route === undefined || NOT_TRIED.has(result)) return undefined
  const { access } = route
  const action = answer.action ?? route.audit
  // A route that changes nothing leaves an event only when its caller may not use it.
  if (action === undefined && !(isForbidden(result) && access === 'tenant')) return undefined
  const actor = actorOf(request)
  if (actor?.kind === 'end_user' && INVENTED.has(result) && !hasChanged(failure)) return undefined
  const tenantId = tenantOf(request, answer)
  if (actor === undefined || tenantId === undefined) return undefined
  const type = action === undefined ? resourceAt(request) : resourceOf(action)
  const reason = action === undefined ? request.routeKey : answer.reason
  const id = type === 'tenant' ? tenantId : (idInPath(ID_KINDS[type], request) ?? answer.createdId)
  return {
    tenantId,
    action: action ?? 'access.refuse',
    actor,
    resource: { type, ...(id && { id }) },
    result,
    ...(reason && { reason }),
  }
}

function isForbidden(result: string): boolean {
  return PROBLEMS[result as ErrorCode]?.status === 403
}

function resultOf(failure: unknown): 'ok' | ErrorCode {
  if (failure === undefined || failure === null) return 'ok'
  return failure instanceof ServiceError ? failure.code : 'internal_error'
}

function actorOf({ caller, operator }: ApiRequest): AuditActor | undefined {
  if (operator !== undefined) return { kind: 'operator', id: operator }
  if (caller === undefined) return undefined
  const { actor } = caller
  return actor.kind === 'api_key'
    ? { kind: 'api_key', id: actor.id }
    : { kind: 'end_user', id: actor.id, identityProviderId: actor.identityProviderId }
}

/** The caller's tenant. On the operator's routes the tenant in the path, or the one that was created. */
function tenantOf({ caller, pathParameters }: ApiRequest, { createdId }: Answer): TenantId | undefined {
  return caller?.tenant.id ?? parseId('tenant', pathParameters.tenant_id ?? createdId ?? '')
}

/** The first part of an action. */
function resourceOf(action: NonNullable<Route['audit']>): ResourceType {
  return action.slice(0, action.indexOf('.')) as ResourceType
}

/** What a tenant's route is about. */
function resourceAt({ routeKey }: ApiRequest): ResourceType {
  if (routeKey.includes('/connections/')) return 'connection'
  if (routeKey.includes('/webhook-endpoints')) return 'webhook_endpoint'
  return routeKey.includes('/connect-sessions/') ? 'connect_session' : 'tenant'
}

function originOf({ id, sourceIp, headers }: ApiRequest): Origin {
  const userAgent = headers['user-agent']?.toWellFormed().slice(0, MAX_USER_AGENT)
  return { ip: sourceIp, ...(userAgent && { userAgent }), requestId: id }
}
