// Stores what a code exchange brought: a new connection, or new tokens for the one this end user already has to the
// workspace. Tokens that end up in no connection, and those that are replaced, are revoked: nothing is left live and lost.
import { grantNote } from './audit.ts'
import type { ConnectSession } from './connect-session.ts'
import {
  type Connection,
  type ConnectionRef,
  type Credential,
  changed,
  expiryOf,
  nextDueAt,
  type Workspace,
} from './connection.ts'
import type { ConnectionChange, Services, TokenSet } from './ports.ts'
import { apiBase } from './provider.ts'
import { oweFormerTokens, revokeOrphan, settleRevocation, tokenOf } from './revocation.ts'
import type { Secret } from './secret.ts'
import { type EpochSeconds, later } from './time.ts'
import type { Sealer } from './vault.ts'

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

type Ports = Pick<
  Services,
  'now' | 'newId' | 'chance' | 'tenants' | 'connections' | 'limiter' | 'resourceServer' | 'provider'
> &
  Parameters<typeof settleRevocation>[0]

/** How often a concurrent change of the same connection is answered by starting over. */
const ATTEMPTS = 5

/** Stores the tokens granted to a session. */
export async function storeGrant(
  services: Ports,
  session: ConnectSession,
  tokens: TokenSet,
): Promise<StoredGrant> {
  try {
    const workspace = await identifyWorkspace(services, tokens)
    const stored = await place(services, session, tokens, workspace)
    if (stored.outcome !== 'stored') await revokeOrphan(services, session, tokens)
    else await services.audit.note(grantNote(session, stored.connection))
    return stored
  } catch (error) {
    // Nobody holds these tokens now. If the store is what failed, revoking them can fail for the same reason.
    await revokeOrphan(services, session, tokens).catch((cause) => {
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
      const connection = await newConnection(services, session, tokens, workspace)
      const tenant = await services.tenants.get(session.tenantId)
      const most = tenant && services.limiter.mostConnections(tenant)
      if (await services.connections.create(connection, most)) return { outcome: 'stored', connection }
      const elsewhere = await connectedAlready(services, session, workspace)
      if (elsewhere === undefined && tenant !== undefined && (await services.limiter.isFull(tenant)))
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
  const former = await oweFormerTokens(services, current, tokens)
  if (!(await services.connections.replaceGrant(current, change, former))) return undefined
  if (former !== undefined) await settleRevocation(services, former)
  return changed(current, change)
}

/** The change that puts new tokens in place of a connection's: the next generation, due anew, with a clean record. */
export function replacement(
  services: Pick<Services, 'now' | 'chance'>,
  sealer: Sealer,
  current: Connection,
  tokens: TokenSet,
): ConnectionChange & { readonly credential: Credential } {
  const now = services.now()
  const generation = current.generation + 1
  const ref = { tenantId: current.tenantId, connectionId: current.id }
  const credential = sealTokens(sealer, ref, generation, tokens, now)
  return { ...renewal(services, generation, credential), credential }
}

/** The change that goes with new tokens, besides the tokens. */
export function renewal(
  services: Pick<Services, 'now' | 'chance'>,
  generation: number,
  credential: Credential,
): ConnectionChange {
  const now = services.now()
  return {
    state: { status: 'active' },
    generation,
    lease: null,
    unanswered: null,
    dueAt: nextDueAt(now, expiryOf(credential), services.chance),
    consecutiveFailures: 0,
    lastError: null,
    updatedAt: now,
  }
}

function sealTokens(
  sealer: Sealer,
  { tenantId, connectionId }: ConnectionRef,
  generation: number,
  { accessToken, refreshToken, expiresInSeconds }: TokenSet,
  now: EpochSeconds,
): Credential {
  const seal = (field: 'access_token' | 'refresh_token', token: Secret) =>
    sealer(tokenOf(tenantId, connectionId, generation, field), token)
  const sealedAccess = seal('access_token', accessToken)
  if (refreshToken === undefined) return { kind: 'non_expiring', accessToken: sealedAccess }
  return {
    kind: 'refreshable',
    accessToken: sealedAccess,
    refreshToken: seal('refresh_token', refreshToken),
    issuedAt: now,
    ...(expiresInSeconds !== undefined && { expiresAt: later(now, expiresInSeconds) }),
  }
}
