// Stores what a code exchange brought, or revokes it. Granted tokens that end up in no connection would stay valid at
// ClickFunnels, and this service would not know them any more.
import type { App } from '../apps/app.ts'
import { grantNote } from '../audit/trail.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { Workspace } from '../provider/workspace.ts'
import { revokeOrphan } from '../revocation/revocation.ts'
import type { ConnectSession } from './connect-session.ts'
import { type Grant, PerhapsStored, type Placement, type PlacementPorts, placeGrant } from './place-grant.ts'

export type GrantPorts = PlacementPorts & Pick<ProviderPorts, 'resourceServer'>

/**
 * Stores the tokens granted to a session.
 * @param app the session's app as it was at the exchange: it may be deleted by now
 */
export async function storeGrant(
  services: GrantPorts,
  session: ConnectSession,
  app: App,
  { tokens, sealer }: Pick<Grant, 'tokens' | 'sealer'>,
): Promise<Placement> {
  try {
    const workspace = await identifyWorkspace(services, tokens)
    const stored = await placeGrant(services, { session, tokens, workspace, sealer })
    if (stored.outcome === 'stored') await services.audit.note(grantNote(session, stored.connection))
    else await revokeOrphan(services, app, tokens)
    return stored
  } catch (error) {
    if (error instanceof PerhapsStored) {
      // If they were stored, a revocation would leave a connection that looks alive with dead tokens.
      services.log.error('Granted tokens may be stored or not', { session: session.id, error: error.cause })
      throw error.cause
    }
    await revokeOrphan(services, app, tokens).catch((cause) => {
      services.log.error('Granted tokens are neither stored nor revoked', {
        session: session.id,
        error: cause,
      })
    })
    throw error
  }
}

/** The token response usually names the workspace. If it does not, `GET /me` does. */
async function identifyWorkspace(services: GrantPorts, tokens: TokenSet): Promise<Workspace> {
  const { workspace } = tokens
  if (workspace.id !== undefined && workspace.host !== undefined) return workspace
  const probed = await services.resourceServer.probe(tokens.accessToken)
  return probed.outcome === 'alive' ? { ...probed.workspace, ...workspace } : workspace
}
