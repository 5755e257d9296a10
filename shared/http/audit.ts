// Makes audit events of requests, in one place: what the route table calls an action, who called, how it ended. An endpoint
// whose route has no credential says in its answer what happened.

import type { AuditActor, AuditNote, Origin, ResourceType } from '#domain/audit/event.ts'
import type { AuditTrail } from '#domain/audit/trail.ts'
import { type ErrorCode, ServiceError } from '#domain/errors.ts'
import { type MintedIds, parseId, type TenantId } from '#domain/ids.ts'
import { ExpiringCache } from './credentials/expiring-cache.ts'
import type { Answer } from './message/answer.ts'
import type { ApiRequest } from './message/request.ts'
import { PROBLEMS } from './problems/problem.ts'
import { ROUTES, type Route, type RouteKey } from './routes.ts'

export type Auditing = (request: ApiRequest, answer: Answer, failure: unknown) => Promise<void>

/** Nothing was tried: the request had not the form, or was one too many. */
const NOT_TRIED: readonly ErrorCode[] = [
  'malformed_request',
  'validation_failed',
  'request_too_large',
  'tenant_limit_exceeded',
]
/** What an end user can ask for without end, and what nothing comes of. */
const INVENTED: readonly string[] = ['not_found', 'return_url_not_registered'] satisfies ErrorCode[]
const MAX_USER_AGENT = 200
/**
 * Whoever is refused the same again and again is written down once a minute and process: access, an end user whatever it
 * tries, a browser that comes again. An end user has its credential from elsewhere, and can invent as many ids as it likes.
 * What has changed something is no repetition.
 */
const REFUSAL_SECONDS = 60
const MAX_REFUSALS = 1000

const ID_KINDS = {
  tenant: 'tenant',
  app: 'app',
  api_key: 'apiKey',
  identity_provider: 'identityProvider',
  connect_session: 'connectSession',
  connection: 'connection',
} as const satisfies Record<ResourceType, keyof MintedIds>

/** Builds the auditing of a process; it writes before the answer leaves, and never fails. */
export function auditing(trail: AuditTrail): Auditing {
  const refusals = new ExpiringCache<void>(REFUSAL_SECONDS, MAX_REFUSALS)
  return async (request, answer, failure) => {
    const note = answer.audit ?? noteOf(request, answer, failure)
    if (note === undefined) return
    const write = () => trail.note({ ...note, from: originOf(request) })
    const { tenantId, action, actor, result, reason } = note
    if (!isRepeatable(note, failure)) return write()
    await refusals.get(JSON.stringify([tenantId, action, actor, result, reason]), write)
  }
}

function isRepeatable({ action, actor, result }: AuditNote, failure: unknown): boolean {
  if (action === 'access.refuse') return true
  if (actor?.kind === 'browser') return result !== 'ok'
  return actor?.kind === 'end_user' && isRefusal(result) && !hasChanged(failure)
}

function hasChanged(failure: unknown): boolean {
  return failure instanceof ServiceError && failure.changed
}

/** What a change is about: its members as the wire has them, and which way a status went. Other values may be secret. */
export function changesOf(change: object): string {
  const said = Object.entries(change).map(([name, value]) =>
    name === 'status' ? `status ${value}` : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  )
  return said.join(', ')
}

function noteOf(request: ApiRequest, answer: Answer, failure: unknown): AuditNote | undefined {
  const route: Route | undefined = ROUTES[request.routeKey as RouteKey]
  if (route === undefined) return undefined
  const { audit: action, access } = route
  const result = resultOf(failure)
  if (result !== 'ok' && NOT_TRIED.includes(result)) return undefined
  if (action === undefined && !(isRefusal(result) && access === 'tenant')) return undefined
  const actor = actorOf(request)
  // What an end user does not find is not there, or another's, which is the same for it.
  if (actor?.kind === 'end_user' && INVENTED.includes(result) && !hasChanged(failure)) return undefined
  const tenantId = tenantOf(request, answer)
  if (actor === undefined || tenantId === undefined) return undefined
  const type =
    action === undefined ? thingOf(request) : (action.slice(0, action.indexOf('.')) as ResourceType)
  const reason = action === undefined ? request.routeKey : answer.reason
  const id = type === 'tenant' ? tenantId : (idIn(request, type) ?? madeId(answer))
  return {
    tenantId,
    action: action ?? 'access.refuse',
    actor,
    resource: { type, ...(id && { id }) },
    result,
    ...(reason && { reason }),
  }
}

/** By right, not by form or limit. */
function isRefusal(result: string): boolean {
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

/** The caller's; on the operator's routes the one in the path, or the one that was made. */
function tenantOf(request: ApiRequest, answer: Answer): TenantId | undefined {
  if (request.caller !== undefined) return request.caller.tenant.id
  return parseId('tenant', request.pathParameters.tenant_id ?? madeId(answer) ?? '')
}

function thingOf({ routeKey }: ApiRequest): ResourceType {
  if (routeKey.includes('/connections/')) return 'connection'
  return routeKey.includes('/connect-sessions/') ? 'connect_session' : 'tenant'
}

/** What the path says is the caller's text: only what has the form of an id is written down. */
function idIn({ pathParameters }: ApiRequest, type: ResourceType): string | undefined {
  const ids = Object.values(pathParameters).map((text = '') => parseId(ID_KINDS[type], text))
  return ids.find((id) => id !== undefined)
}

/** The id of what was made. */
function madeId({ status, body }: Answer): string | undefined {
  if (status !== 201 || typeof body !== 'string') return undefined
  return (JSON.parse(body) as { readonly id?: string }).id
}

function originOf({ id, sourceIp, headers }: ApiRequest): Origin {
  const userAgent = headers['user-agent']?.toWellFormed().slice(0, MAX_USER_AGENT)
  return { ip: sourceIp, ...(userAgent && { userAgent }), requestId: id }
}
