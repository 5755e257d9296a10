// A tenant with an API key and one connection that needs no refresh, stored as the service stores them.

import { SCOPES } from '#domain/callers/caller.ts'
import { issueApiKey } from '#domain/callers/manage-api-keys.ts'
import { tokenOf } from '#domain/connections/connection.ts'
import type { AppId, ConnectionId, EndUserId, WorkspaceId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import type { Services } from '#runtime/all-services.ts'

export interface StoredConnection {
  readonly id: ConnectionId
  readonly apiKey: string
}

/** @param given.host of the workspace */
export async function storeConnection(
  services: Services,
  given: { readonly tenant: string; readonly host: string; readonly accessToken: string },
): Promise<StoredConnection> {
  const now = services.now()
  const times = { createdAt: now, updatedAt: now }
  const tenantId = services.newId('tenant')
  await services.tenants.create({
    id: tenantId,
    name: given.tenant,
    status: 'active',
    returnUrls: [],
    origins: [],
    ...times,
  })
  const { key } = await issueApiKey(services, tenantId, { name: 'bench', scopes: SCOPES })
  const id = services.newId('connection')
  const binding = tokenOf(tenantId, id, 1, 'access_token')
  const accessToken = await services.vault.seal(binding, new Secret(given.accessToken))
  await services.connections.create({
    id,
    tenantId,
    appId: 'app_00000000000000000000000000' as AppId,
    endUser: { id: 'user' as EndUserId },
    state: { status: 'active' },
    workspace: { id: '20417' as WorkspaceId, host: given.host },
    scopes: [],
    generation: 1,
    credential: { kind: 'non_expiring', accessToken },
    consecutiveFailures: 0,
    ...times,
  })
  return { id, apiKey: key.reveal() }
}
