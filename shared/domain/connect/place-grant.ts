// Finds the place of a grant: a new connection, or new tokens for the connection that this end user already has to the
// workspace. Every write depends on what was read. If that changed, all is read again.
import type { Ambient } from '../ambient.ts'
import { type Connection, expiryOf, nextDueAt } from '../connections/connection.ts'
import { changed, type GrantingSession } from '../connections/connection-store.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ConnectionId } from '../ids.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import { apiBase } from '../provider/profile.ts'
import type { Workspace } from '../provider/workspace.ts'
import { untilUnchanged } from '../repeat.ts'
import type { RevocationPorts } from '../revocation/ports.ts'
import { attemptRevocation, revocationOfReplaced } from '../revocation/revocation.ts'
import { annotationsOf } from '../tenants/annotations.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { appSuspendedSince } from '../tenants/suspension.ts'
import { isLiving } from '../tenants/tenant.ts'
import { later } from '../time.ts'
import { changeForTokens, sealTokens } from '../tokens/new-tokens.ts'
import type { Sealer } from '../vault/vault.ts'
import { type ConnectSession, SESSION_MEMORY_SECONDS } from './connect-session.ts'
import type { GrantRefusal } from './session-errors.ts'

/** What an end user granted: to which session, and for which workspace. */
export interface Grant {
  readonly session: ConnectSession
  readonly tokens: TokenSet
  readonly workspace: Workspace
  /** Was obtained before the code was exchanged, so that no fault of the keys loses the tokens. */
  readonly sealer: Sealer
}

type NewGrant = Omit<Grant, 'session'> & {
  readonly session: Pick<ConnectSession, 'tenantId' | 'appId' | 'endUser' | 'tags' | 'label'>
}

export type Placement =
  | { readonly outcome: 'stored'; readonly connection: Connection }
  | { readonly outcome: GrantRefusal }

export type PlacementPorts = Pick<
  Ambient & TenancyPorts & ConnectionPorts & ProviderPorts,
  'now' | 'newId' | 'chance' | 'tenants' | 'connections' | 'limiter' | 'provider'
> &
  RevocationPorts

/**
 * Stores a grant, which moves its session to "connected".
 * @throws what failed; the store may have carried out the write all the same, or do so later
 */
export async function placeGrant(services: PlacementPorts, grant: Grant): Promise<Placement> {
  const { session, workspace } = grant
  if (apiBase(services.provider, workspace, ['funnels']) === undefined)
    return { outcome: 'workspace_unusable' }
  return untilUnchanged(`The connection of session "${session.id}"`, async () => {
    const claimed = await claimedConnection(services, grant)
    const id = session.reconnects ?? claimed
    return id === undefined
      ? createConnection(services, grant)
      : renewConnection(services, grant, id, claimed)
  })
}

/** The connection that this end user already has to the workspace. */
async function claimedConnection(
  services: PlacementPorts,
  { session, workspace }: Grant,
): Promise<ConnectionId | undefined> {
  if (workspace.id === undefined) return undefined
  const { tenantId, appId, endUser } = session
  return services.connections.findByWorkspace(tenantId, appId, workspace.id, endUser.id)
}

/** Stores the grant as a new connection; `undefined` if something changed since it was read. */
async function createConnection(services: PlacementPorts, grant: Grant): Promise<Placement | undefined> {
  const { tenantId, appId } = grant.session
  const tenant = await services.tenants.get(tenantId)
  // The write has the same conditions. If it fails because one of them changed, the next attempt ends here.
  if (tenant === undefined || !isLiving(tenant)) return { outcome: 'tenant_suspended' }
  if (appSuspendedSince(tenant, appId) !== undefined) return { outcome: 'app_suspended' }
  const connection = newConnection(services, grant)
  const max = services.limiter.maxConnections(tenant)
  const isStored = await services.connections.create(connection, max, grantingSession(services, grant))
  if (isStored) return { outcome: 'stored', connection }
  const claimed = await claimedConnection(services, grant)
  const full = claimed === undefined && (await services.limiter.isFull(tenant))
  return full ? { outcome: 'tenant_limit_exceeded' } : undefined
}

/** Stores the grant in a connection that is there; `undefined` if it changed since it was read. */
async function renewConnection(
  services: PlacementPorts,
  grant: Grant,
  connectionId: ConnectionId,
  claimed: ConnectionId | undefined,
): Promise<Placement | undefined> {
  const { session, workspace } = grant
  const current = await services.connections.get({ tenantId: session.tenantId, connectionId })
  if (current === undefined)
    return session.reconnects === undefined ? undefined : { outcome: 'connection_gone' }
  const known = current.workspace.id
  if (known !== undefined && workspace.id === undefined) return { outcome: 'workspace_unusable' }
  const differs = known !== undefined && known !== workspace.id
  const isAnothers = claimed !== undefined && claimed !== connectionId
  if (differs || isAnothers) return { outcome: 'workspace_mismatch' }
  const connection = await replaceTokens(services, current, grant)
  return connection && { outcome: 'stored', connection }
}

/** A connection that is not stored yet. Its first tokens are sealed for it. */
export function newConnection(
  services: Pick<Ambient, 'now' | 'newId' | 'chance'>,
  { session, tokens, workspace, sealer }: NewGrant,
): Connection {
  const now = services.now()
  const id = services.newId('connection')
  const { tenantId, appId, endUser } = session
  const credential = sealTokens(sealer, { tenantId, connectionId: id }, 1, tokens, now)
  return {
    id,
    tenantId,
    appId,
    endUser,
    ...annotationsOf(session),
    state: { status: 'active' },
    workspace,
    scopes: tokens.scopes,
    generation: 1,
    credential,
    dueAt: nextDueAt(now, expiryOf(credential), services.chance),
    consecutiveFailures: 0,
    eventCount: 1,
    createdAt: now,
    updatedAt: now,
  }
}

/** An end user who reconnects wins over a refresh that is under way: its commit fails, because the generation is new. */
async function replaceTokens(
  services: PlacementPorts,
  current: Connection,
  grant: Grant,
): Promise<Connection | undefined> {
  const { session, tokens, workspace, sealer } = grant
  const change = {
    ...changeForTokens(services, sealer, current, tokens),
    endUser: session.endUser,
    ...annotationsOf(session),
    workspace: { ...current.workspace, ...workspace },
    scopes: tokens.scopes,
  }
  const former = await revocationOfReplaced(services, current, tokens)
  const connection = changed(current, change)
  const granting = grantingSession(services, grant)
  if (!(await services.connections.replaceGrant(current, change, former, granting))) return undefined
  if (former !== undefined) await attemptRevocation(services, former)
  return connection
}

function grantingSession({ now }: Pick<Ambient, 'now'>, { session }: Grant): GrantingSession {
  return { id: session.id, expiresAt: later(now(), SESSION_MEMORY_SECONDS) }
}
