// What an end user does on the manage page. The page acts for the back end that made its link.
import type { Ambient } from '../ambient.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import type { AuditNote } from '../audit/event.ts'
import { connectionNote } from '../audit/trail.ts'
import type { ConnectPorts } from '../connect/ports.ts'
import { startSession } from '../connect/start-session.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { type ErrorCode, ServiceError } from '../errors.ts'
import type { ConnectionId } from '../ids.ts'
import type { Secret } from '../secret.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { type DisconnectPorts, disconnectNow } from '../tokens/disconnect.ts'
import { findManaged, managedReach } from './list-managed.ts'
import { MANAGE_PATH, type ManageLink } from './manage-link.ts'
import type { OpenVisit } from './manage-visit.ts'
import type { ManagePorts } from './ports.ts'

export type ManagedAct =
  | { readonly action: 'connect' | 'leave' }
  | { readonly action: 'reconnect' | 'disconnect'; readonly connectionId: ConnectionId }

export type ActOutcome =
  /** To ClickFunnels, by a connect link. */
  | { readonly outcome: 'connect'; readonly linkSecret: Secret; readonly note: AuditNote }
  | { readonly outcome: 'disconnected'; readonly note: AuditNote }
  /** The end user has no such connection, or no longer. */
  | { readonly outcome: 'gone' }
  | { readonly outcome: 'left' }
  /** The tenant is at a limit, or it may not connect at the moment. */
  | { readonly outcome: 'limit' | 'suspended' }

type Ports = DisconnectPorts &
  ManagePorts &
  Pick<
    Ambient & TenancyPorts & AppStorePorts & ConnectionPorts & ConnectPorts,
    | 'now'
    | 'newId'
    | 'randomBytes'
    | 'tenants'
    | 'apps'
    | 'connections'
    | 'sessions'
    | 'limiter'
    | 'publicUrl'
  >

/** Repeated, each act comes to the same: what is gone stays gone. */
export async function actManaged(services: Ports, visit: OpenVisit, act: ManagedAct): Promise<ActOutcome> {
  const { link } = visit
  switch (act.action) {
    case 'leave':
      await services.manageLinks.close(link, services.now())
      return { outcome: 'left' }
    case 'connect':
      return connect(services, visit)
    case 'reconnect': {
      const connection = await findManaged(services, link, act.connectionId)
      return connection === undefined ? { outcome: 'gone' } : connect(services, visit, connection.id)
    }
    case 'disconnect': {
      const reach = managedReach(link, act.connectionId)
      if ((await disconnectNow(services, reach, 'end_user')) === 'no_connection') return { outcome: 'gone' }
      const { tenantId, connectionId: id } = reach
      return {
        outcome: 'disconnected',
        note: connectionNote({ tenantId, id }, 'connection.delete', { actor: browserOf(link) }),
      }
    }
  }
}

/**
 * Starts a session whose browser comes back to the page. It is "confirmed": an attacker may have led another person to the page of
 * the attacker's account, and the confirmation names that account before anything is connected.
 */
async function connect(
  services: Ports,
  { link, tenant }: OpenVisit,
  connectionId?: ConnectionId,
): Promise<ActOutcome> {
  const { apiKeyId, endUser, returnUrl, appId, tenantId } = link
  const backEnd = { tenant, actor: { kind: 'api_key', id: apiKeyId, scopes: new Set<never>() } } as const
  try {
    const { session, linkSecret } = await startSession(services, backEnd, {
      endUser,
      returnUrl,
      completion: 'confirmed',
      managePage: `${services.publicUrl}${MANAGE_PATH}`,
      ...(connectionId === undefined ? { appId } : { connectionId }),
    })
    const resource = { type: 'connect_session', id: session.id } as const
    const actor = browserOf(link)
    const note = { tenantId, action: 'connect_session.create', actor, resource, result: 'ok' } as const
    return { outcome: 'connect', linkSecret, note }
  } catch (error) {
    const outcome = error instanceof ServiceError ? REFUSED[error.code] : undefined
    if (outcome === undefined) throw error
    return { outcome }
  }
}

/** What may have changed since the link was made. */
const REFUSED: Partial<Record<ErrorCode, 'limit' | 'suspended' | 'gone'>> = {
  tenant_limit_exceeded: 'limit',
  end_user_limit_exceeded: 'limit',
  tenant_suspended: 'suspended',
  app_suspended: 'suspended',
  return_url_not_registered: 'suspended',
  // The connection to reconnect or the app was deleted.
  validation_failed: 'gone',
}

const browserOf = ({ id }: ManageLink) => ({ kind: 'browser', id }) as const
