// What a JWE of an export holds: the connection with its tokens, with the names of an item of POST /v1/connections/import, so that
// an opened export is the file of an import. The only place where tokens are opened in order to leave.
import { type Ambient, namesOf } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { type Connection, expiryOf, tokenOf } from '../connections/connection.ts'
import { ServiceError } from '../errors.ts'
import { subdomainOf } from '../provider/profile.ts'
import { toRfc3339 } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'

/**
 * @returns the members as they are on the wire; `undefined` if the tokens cannot be decrypted
 * @throws ServiceError tenant_shredded; kms_key_unavailable; storage_unavailable
 */
export async function payloadOf(
  services: Pick<Ambient & VaultPorts, 'vault' | 'log'>,
  connection: Connection,
  app: App | undefined,
): Promise<object | undefined> {
  const { endUser, workspace, credential, scopes, tags, label } = connection
  const tokens = await tokensOf(services, connection)
  if (tokens === undefined) return undefined
  const expiresAt = expiryOf(credential)
  return {
    connection_id: connection.id,
    app_id: connection.appId,
    client_id: app?.clientId,
    end_user: { id: endUser.id, display_name: endUser.displayName },
    status: connection.state.status,
    workspace: {
      id: workspace.id,
      name: workspace.name,
      subdomain: subdomainOf(workspace.host),
      host: workspace.host,
      team_id: workspace.teamId,
      team_name: workspace.teamName,
    },
    ...tokens,
    expires_at: expiresAt === undefined ? undefined : toRfc3339(expiresAt),
    scopes,
    tags,
    label,
    created_at: toRfc3339(connection.createdAt),
  }
}

async function tokensOf(
  { vault, log }: Pick<Ambient & VaultPorts, 'vault' | 'log'>,
  connection: Connection,
): Promise<{ readonly access_token: string; readonly refresh_token?: string } | undefined> {
  const { tenantId, id, generation, credential } = connection
  const bindingOf = (field: 'access_token' | 'refresh_token') => tokenOf(tenantId, id, generation, field)
  try {
    const accessToken = await vault.open(bindingOf('access_token'), credential.accessToken)
    if (credential.kind === 'non_expiring') return { access_token: accessToken.reveal() }
    const refreshToken = await vault.open(bindingOf('refresh_token'), credential.refreshToken)
    return { access_token: accessToken.reveal(), refresh_token: refreshToken.reveal() }
  } catch (error) {
    // The seal of one connection. Without KMS or with shredded keys none would open, and the page fails.
    if (!(error instanceof ServiceError) || error.code !== 'secret_unreadable') throw error
    log.error('A connection was not exported, because its tokens cannot be decrypted', {
      ...namesOf('connection', connection),
      error,
    })
    return undefined
  }
}
