// Stores what a code exchange brought, or revokes it. Granted tokens that end up in no connection would stay valid at
// ClickFunnels, and this service would not know them any more.
//
// A write that failed may have been carried out while its answer was lost, or may be carried out later. Each write of a grant
// depends on its session being "exchanging". So the session is ended first: then no write can follow, and it is known whether
// one came before.
import { type Ambient, namesOf } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { grantNote } from '../audit/trail.ts'
import type { Connection } from '../connections/connection.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { Workspace } from '../provider/workspace.ts'
import { revokeOrphan } from '../revocation/revocation.ts'
import { later } from '../time.ts'
import { type ConnectSession, SESSION_MEMORY_SECONDS } from './connect-session.ts'
import { type Grant, type PlacementPorts, placeGrant } from './place-grant.ts'
import type { ConnectPorts } from './ports.ts'
import { type ExchangeError, faultError } from './session-errors.ts'

/** The message of the log line that an alarm counts. */
export const GRANT_UNSTORED = 'Granted tokens are neither stored nor revoked'

export type GrantPorts = PlacementPorts & Pick<ProviderPorts & ConnectPorts, 'resourceServer' | 'sessions'>

/** How a grant ended: the session is "connected" or "failed" by then. */
export type StoredGrant =
  | { readonly outcome: 'stored'; readonly connection: Connection }
  | { readonly outcome: ExchangeError }

type Tokens = Pick<Grant, 'tokens' | 'sealer'>

/**
 * Stores the tokens granted to a session, and ends the session with that.
 * @param app the session's app as it was at the exchange: it may be deleted by now
 * @throws ServiceError storage_unavailable when the store does not say whether it stored them. They are not revoked then:
 * a connection may have them.
 */
export async function storeGrant(
  services: GrantPorts,
  session: ConnectSession,
  app: App,
  grant: Tokens,
): Promise<StoredGrant> {
  const placement = await place(services, session, grant)
  const connection =
    placement.outcome === 'stored'
      ? placement.connection
      : await storedAllTheSame(services, session, placement.outcome)
  if (connection !== undefined) {
    await services.audit.note(grantNote(session, connection))
    return { outcome: 'stored', connection }
  }
  await revokeOrphan(services, app, grant.tokens).catch((error) => {
    services.log.error(GRANT_UNSTORED, { ...namesOf('session', session), error })
  })
  return placement
}

async function place(
  services: GrantPorts,
  session: ConnectSession,
  { tokens, sealer }: Tokens,
): Promise<StoredGrant> {
  try {
    const workspace = await identifyWorkspace(services, tokens)
    return await placeGrant(services, { session, tokens, workspace, sealer })
  } catch (error) {
    services.log.error('Granted tokens were not stored', { ...namesOf('session', session), error })
    return { outcome: faultError(error) }
  }
}

/** Ends the session. Gives the connection if a write of the grant was carried out before. */
async function storedAllTheSame(
  services: GrantPorts,
  session: ConnectSession,
  error: ExchangeError,
): Promise<Connection | undefined> {
  const { tenantId, id } = session
  try {
    if (await failSession(services, session, error)) return undefined
    const state = (await services.sessions.get(tenantId, id))?.state
    if (state?.status !== 'connected') return undefined
    return await services.connections.get({ tenantId, connectionId: state.connectionId })
  } catch (cause) {
    // If they were stored, a revocation would leave a connection that looks alive with dead tokens.
    services.log.error('Granted tokens may be stored or not', {
      ...namesOf('session', session),
      error: cause,
    })
    throw cause
  }
}

/** The token response usually names the workspace. If it does not, `GET /me` does. */
async function identifyWorkspace(services: GrantPorts, tokens: TokenSet): Promise<Workspace> {
  const { workspace } = tokens
  if (workspace.id !== undefined && workspace.host !== undefined) return workspace
  const probed = await services.resourceServer.probe(tokens.accessToken)
  return probed.outcome === 'alive' ? { ...probed.workspace, ...workspace } : workspace
}

/** Moves the session from "exchanging" to "failed"; false if it is not "exchanging" any more. */
export function failSession(
  { now, sessions }: Pick<Ambient & ConnectPorts, 'now' | 'sessions'>,
  session: ConnectSession,
  error: ExchangeError,
): Promise<boolean> {
  const expiresAt = later(now(), SESSION_MEMORY_SECONDS)
  return sessions.move(session, 'exchanging', { status: 'failed', error }, expiresAt)
}
