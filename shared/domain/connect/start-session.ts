// Starts a connect session: for which end user, through which app, and where the browser returns to. Also finds a session.
import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import { type Caller, maySee, requesterOf } from '../callers/caller.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { ServiceError, validationFailed } from '../errors.ts'
import { randomSecret, sha256 } from '../hash.ts'
import type { AppId, ConnectionId, ConnectSessionId } from '../ids.ts'
import { Secret } from '../secret.ts'
import { type Annotations, annotationsOf } from '../tenants/annotations.ts'
import { connectionsExceeded } from '../tenants/limits.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { suspended, suspensionOf } from '../tenants/suspension.ts'
import { type EndUser, isExactReturnUrl, isRegisteredReturnUrl } from '../tenants/tenant.ts'
import { later } from '../time.ts'
import {
  type Completion,
  type ConnectSession,
  LINK_LIFETIME_SECONDS,
  RECONNECT_LINK_LIFETIME_SECONDS,
} from './connect-session.ts'
import type { ConnectPorts } from './ports.ts'

/** Its annotations are those of the new connection, or replace those of the connection to reconnect. */
export interface SessionRequest extends Annotations {
  readonly appId?: AppId
  /** Who connects. May be left out with a JWT, which names the end user itself. */
  readonly endUser?: EndUser
  readonly returnUrl: string
  /** Default: "verified". A "confirmed" session needs no call to complete it. An end user may choose it only if the tenant allows that. */
  readonly completion?: Completion
  /** The connection to reconnect. */
  readonly connectionId?: ConnectionId
  /** For a link that lives for days, such as one in an e-mail. With an API key only. */
  readonly purpose?: 'reconnect'
  /** The page of ours that the session was started on, see {@link ConnectSession}. No request names it. */
  readonly managePage?: string
}

export interface StartedSession {
  readonly session: ConnectSession
  /** The secret part of the connect URL. Only its hash is stored. */
  readonly linkSecret: Secret
}

type Ports = Pick<
  Ambient & TenancyPorts & AppStorePorts & ConnectionPorts & ConnectPorts,
  'now' | 'newId' | 'randomBytes' | 'tenants' | 'apps' | 'connections' | 'sessions' | 'limiter'
>

/**
 * Starts a connect session.
 * @throws ServiceError end_user_mismatch; return_url_not_registered; tenant_suspended; app_suspended; tenant_limit_exceeded; end_user_limit_exceeded;
 *   validation_failed when the end user is missing, when app or connection do not belong to the tenant or to this end user,
 *   when an end user sends tags, a label or a purpose, or when it chooses "confirmed" and the tenant does not allow that
 */
export async function startSession(
  services: Ports,
  caller: Caller,
  given: SessionRequest,
): Promise<StartedSession> {
  const { tenant, actor } = caller
  const request = { ...given, endUser: endUserFor(caller, given.endUser) }
  // An end user may be an attacker, who would choose a page below the registered one that passes the query on.
  const isAllowed = actor.kind === 'end_user' ? isExactReturnUrl : isRegisteredReturnUrl
  if (!isAllowed(tenant, request.returnUrl)) throw returnUrlNotRegistered()
  const reconnected = await connectionToReconnect(services, tenant.id, request)
  const app = await chooseApp(services, tenant.id, request.appId ?? reconnected?.appId)
  if (reconnected !== undefined && reconnected.appId !== app.id) {
    throw validationFailed({ pointer: '#/app_id', detail: 'is not the app of the connection to reconnect' })
  }
  // The tenant is read again, because a caller is remembered for a minute: it may have been suspended or deleted since.
  const current = await services.tenants.get(tenant.id)
  const what = suspensionOf(current, { appId: app.id })
  if (what !== undefined) throw suspended(what)
  const completion = request.completion ?? 'verified'
  // "confirmed" rests on a person who reads a page. An end user who starts sessions may be an attacker, and would choose it.
  if (completion === 'confirmed' && actor.kind === 'end_user' && !current?.endUsersMayConfirm) {
    throw validationFailed({
      pointer: '#/completion',
      detail: 'cannot be "confirmed" with a JWT, unless the operator allows it for the tenant',
    })
  }
  refuseAnnotationsOfEndUser(caller, request)
  checkPurpose(caller, request)
  const now = services.now()
  // On our page an end user presses the button, as with a JWT. So the same share of the tenant's limit counts.
  const requester = request.managePage ? { tenant, endUserId: request.endUser.id } : requesterOf(caller)
  await services.limiter.countSession(requester, now)
  // Refused now, and not after the end user has approved. A reconnection adds no connection.
  if (reconnected === undefined && (await services.limiter.isFull(tenant)))
    throw connectionsExceeded(services.limiter.maxConnections(tenant))
  const linkSecret = randomSecret(services.randomBytes)
  const session: ConnectSession = {
    id: services.newId('connectSession'),
    tenantId: tenant.id,
    appId: app.id,
    endUser: request.endUser,
    returnUrl: request.returnUrl,
    completion,
    ...(reconnected && { reconnects: reconnected.id }),
    ...(request.purpose && { purpose: request.purpose }),
    ...(request.managePage && { managePage: request.managePage }),
    ...annotationsOf(request),
    state: { status: 'created' },
    createdAt: now,
    expiresAt: later(now, request.purpose ? RECONNECT_LINK_LIFETIME_SECONDS : LINK_LIFETIME_SECONDS),
  }
  const { id: sessionId, expiresAt } = session
  await services.sessions.create(session, {
    secretHash: sha256(linkSecret),
    tenantId: tenant.id,
    sessionId,
    expiresAt,
  })
  return { session, linkSecret: new Secret(linkSecret) }
}

/** @throws ServiceError not_found */
export async function findSession(
  services: Pick<ConnectPorts, 'sessions'>,
  caller: Caller,
  id: ConnectSessionId,
): Promise<ConnectSession> {
  const session = await services.sessions.get(caller.tenant.id, id)
  if (session === undefined || !maySee(caller, session.endUser.id)) throw noSuchSession()
  return session
}

export function returnUrlNotRegistered(): ServiceError {
  return new ServiceError(
    'return_url_not_registered',
    '"return_url" must be under a URL that is registered for the tenant: same scheme, host, port and path prefix. With a JWT, the path must be the registered one.',
    { extensions: { errors: [{ pointer: '#/return_url', detail: 'is not registered for the tenant' }] } },
  )
}

/** The answer is the same for a session that does not exist and for one that the caller may not see. */
export function noSuchSession(): ServiceError {
  return new ServiceError('not_found', 'There is no such connect session.')
}

/** The end user who connects. A JWT names the end user itself, because our pages may show that name. */
function endUserFor({ actor }: Caller, given: EndUser | undefined): EndUser {
  if (actor.kind === 'end_user') {
    const { id, displayName } = actor
    if (given === undefined || given.id === id)
      return { id, ...(displayName !== undefined && { displayName }) }
    throw new ServiceError('end_user_mismatch', 'The body names a different end user than the JWT.')
  }
  if (given !== undefined) return given
  throw validationFailed({
    pointer: '#/end_user',
    detail: 'is required with an API key: name the end user who connects',
  })
}

/** Back ends act on the tags of events, so no end user may choose them. */
function refuseAnnotationsOfEndUser({ actor }: Caller, request: Annotations): void {
  const given = Object.keys(annotationsOf(request))
  if (actor.kind !== 'end_user' || given.length === 0) return
  const detail = 'can be set with an API key only, not with a JWT'
  throw validationFailed(...given.map((name) => ({ pointer: `#/${name}`, detail })))
}

/** An end user may be an attacker. A link of theirs that lives for days would find more victims. */
function checkPurpose({ actor }: Caller, { purpose, connectionId }: SessionRequest): void {
  if (purpose === undefined) return
  if (actor.kind === 'end_user') {
    throw validationFailed({
      pointer: '#/purpose',
      detail: 'can be set with an API key only, not with a JWT',
    })
  }
  if (connectionId === undefined) {
    throw validationFailed({ pointer: '#/connection_id', detail: 'is required with the purpose "reconnect"' })
  }
}

async function connectionToReconnect(
  services: Ports,
  tenantId: Caller['tenant']['id'],
  request: SessionRequest & { readonly endUser: EndUser },
) {
  if (request.connectionId === undefined) return undefined
  const connection = await services.connections.get({ tenantId, connectionId: request.connectionId })
  if (connection === undefined || connection.endUser.id !== request.endUser.id) {
    throw validationFailed({ pointer: '#/connection_id', detail: 'is not a connection of this end user' })
  }
  return connection
}

/** @throws ServiceError validation_failed when the tenant has no such app, or none at all */
export async function chooseApp(
  services: Pick<AppStorePorts, 'apps'>,
  tenantId: Caller['tenant']['id'],
  appId?: AppId,
): Promise<App> {
  if (appId !== undefined) {
    const app = await services.apps.get(tenantId, appId)
    if (app === undefined)
      throw validationFailed({ pointer: '#/app_id', detail: 'is not an app of this tenant' })
    return app
  }
  // The first one stays the default when others come, so that adding an app breaks no call that names none.
  const [first] = await services.apps.list(tenantId)
  if (first === undefined) {
    throw validationFailed({
      pointer: '#/app_id',
      detail: 'cannot be left out, because the tenant has no app yet',
    })
  }
  return first
}
