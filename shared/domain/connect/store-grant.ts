// Stores what a code exchange brought: a new connection, or new tokens for the one this end user already has to the
// workspace. Tokens that end up in no connection, and those that are replaced, are revoked: nothing is left live and lost.
import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { grantNote } from '../audit/audit.ts'
import { type Connection, expiryOf, nextDueAt } from '../connections/connection.ts'
import { changed } from '../connections/connection-store.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import { apiBase } from '../provider/profile.ts'
import type { Workspace } from '../provider/workspace.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { appSuspendedSince } from '../tenants/suspension.ts'
import { isLiving } from '../tenants/tenant.ts'
import { replacement, sealTokens } from '../tokens/new-tokens.ts'
import { attemptRevocation, revocationOfReplaced, revokeOrphan } from '../tokens/revocation.ts'
import type { ConnectSession } from './connect-session.ts'

export type StoredGrant =
  | { readonly outcome: 'stored'; readonly connection: Connection }
  /** The session reconnects a connection, and the end user chose another workspace. */
  | { readonly outcome: 'workspace_mismatch' }
  /** No API can be called with these tokens, or nobody can say of which workspace they are. */
  | { readonly outcome: 'workspace_unusable' }
  /** A new connection would be one more than the tenant may have. */
  | { readonly outcome: 'tenant_limit_exceeded' }
  /** The connection to reconnect is gone. */
  | { readonly outcome: 'connection_gone' }
  /** The tenant is being deleted. Its credentials are told the same as of one that is suspended. */
  | { readonly outcome: 'tenant_suspended' }
  /** The app was suspended since, and may be deleted by now. */
  | { readonly outcome: 'app_suspended' }

type Ports = Pick<
  Ambient & TenancyPorts & ConnectionPorts & ProviderPorts,
  'now' | 'newId' | 'chance' | 'tenants' | 'connections' | 'limiter' | 'resourceServer' | 'provider'
> &
  Parameters<typeof attemptRevocation>[0]

/** How often a concurrent change of the same connection is answered by starting over. */
const ATTEMPTS = 5

/**
 * Stores the tokens granted to a session.
 * @param app the session's, as it was when the code was exchanged: it may be deleted by now
 */
export async function storeGrant(
  services: Ports,
  session: ConnectSession,
  app: App,
  tokens: TokenSet,
): Promise<StoredGrant> {
  try {
    const workspace = await identifyWorkspace(services, tokens)
    const stored = await place(services, session, tokens, workspace)
    if (stored.outcome === 'stored') await services.audit.note(grantNote(session, stored.connection))
    else await revokeOrphan(services, app, tokens)
    return stored
  } catch (error) {
    if (error instanceof PerhapsStored) {
      // Revoked, they would be dead in a connection that looks alive.
      services.log.error('Granted tokens may be stored or not', { session: session.id, error: error.cause })
      throw error.cause
    }
    // Nobody holds these tokens now.
    await revokeOrphan(services, app, tokens).catch((cause) => {
      services.log.error('Granted tokens are neither stored nor revoked', {
        session: session.id,
        error: cause,
      })
    })
    throw error
  }
}

async function place(
  services: Ports,
  session: ConnectSession,
  tokens: TokenSet,
  workspace: Workspace,
): Promise<StoredGrant> {
  if (apiBase(services.provider, workspace, ['funnels']) === undefined)
    return { outcome: 'workspace_unusable' }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const claimed = await connectedAlready(services, session, workspace)
    const connectionId = session.reconnects ?? claimed
    if (connectionId === undefined) {
      const tenant = await services.tenants.get(session.tenantId)
      // The same is the condition of the write: what begins in between is met here the next time round.
      if (tenant === undefined || !isLiving(tenant)) return { outcome: 'tenant_suspended' }
      if (appSuspendedSince(tenant, session.appId) !== undefined) return { outcome: 'app_suspended' }
      const connection = await newConnection(services, session, tokens, workspace)
      const most = services.limiter.mostConnections(tenant)
      const create = () => services.connections.create(connection, most)
      if (await isStored(services, connection, create)) return { outcome: 'stored', connection }
      const elsewhere = await connectedAlready(services, session, workspace)
      if (elsewhere === undefined && (await services.limiter.isFull(tenant)))
        return { outcome: 'tenant_limit_exceeded' }
      continue
    }
    const current = await services.connections.get({ tenantId: session.tenantId, connectionId })
    if (current === undefined) {
      if (session.reconnects !== undefined) return { outcome: 'connection_gone' }
      continue
    }
    const { id: known } = current.workspace
    if (known !== undefined && workspace.id === undefined) return { outcome: 'workspace_unusable' }
    const differs = known !== undefined && known !== workspace.id
    if (differs || (claimed !== undefined && claimed !== connectionId))
      return { outcome: 'workspace_mismatch' }
    const connection = await replaceTokens(services, session, current, tokens, workspace)
    if (connection !== undefined) return { outcome: 'stored', connection }
  }
  throw new Error(`The connection of session "${session.id}" kept changing while its grant was stored`)
}

async function connectedAlready(services: Ports, session: ConnectSession, workspace: Workspace) {
  if (workspace.id === undefined) return undefined
  const { tenantId, appId, endUser } = session
  return services.connections.findByWorkspace(tenantId, appId, workspace.id, endUser.id)
}

/** The token response usually names the workspace; where it does not, `GET /me` does. */
async function identifyWorkspace(services: Ports, tokens: TokenSet): Promise<Workspace> {
  const { workspace } = tokens
  if (workspace.id !== undefined && workspace.host !== undefined) return workspace
  const probed = await services.resourceServer.probe(tokens.accessToken)
  return probed.outcome === 'alive' ? { ...probed.workspace, ...workspace } : workspace
}

async function newConnection(
  services: Ports,
  session: ConnectSession,
  tokens: TokenSet,
  workspace: Workspace,
): Promise<Connection> {
  const now = services.now()
  const id = services.newId('connection')
  const { tenantId, appId, endUser } = session
  const sealer = await services.vault.sealer(tenantId)
  const credential = sealTokens(sealer, { tenantId, connectionId: id }, 1, tokens, now)
  return {
    id,
    tenantId,
    appId,
    endUser,
    state: { status: 'active' },
    workspace,
    scopes: tokens.scopes,
    generation: 1,
    credential,
    dueAt: nextDueAt(now, expiryOf(credential), services.chance),
    consecutiveFailures: 0,
    createdAt: now,
    updatedAt: now,
  }
}

/** A user who reconnects wins over a refresh in flight: the new generation makes that one's commit fail. */
async function replaceTokens(
  services: Ports,
  session: ConnectSession,
  current: Connection,
  tokens: TokenSet,
  workspace: Workspace,
): Promise<Connection | undefined> {
  const sealer = await services.vault.sealer(current.tenantId)
  const change = {
    ...replacement(services, sealer, current, tokens),
    endUser: session.endUser,
    workspace: { ...current.workspace, ...workspace },
    scopes: tokens.scopes,
  }
  const former = await revocationOfReplaced(services, current, tokens)
  const connection = changed(current, change)
  const replace = () => services.connections.replaceGrant(current, change, former)
  if (!(await isStored(services, connection, replace))) return undefined
  if (former !== undefined) await attemptRevocation(services, former)
  return connection
}

/** The store failed at a write, and at the look for what came of it. */
class PerhapsStored extends Error {}

/** Writes a connection with its new tokens. A write that fails may have been done, its answer lost: the connection tells. */
async function isStored(
  services: Ports,
  { tenantId, id: connectionId, credential }: Connection,
  write: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await write()
  } catch (error) {
    const found = await services.connections.get({ tenantId, connectionId }).catch(() => {
      throw new PerhapsStored('The outcome of a write is unknown', { cause: error })
    })
    // No two seals are the same.
    if (found && Buffer.compare(found.credential.accessToken, credential.accessToken) === 0) return true
    throw error
  }
}
