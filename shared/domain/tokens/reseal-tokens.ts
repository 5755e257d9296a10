// Seals the tokens of a connection under the tenant's newest key, where the connection is written anyway.

import { type Connection, type Credential, tokenOf } from '../connections/connection.ts'
import type { Vault } from '../vault/vault.ts'

type Holder = Pick<Connection, 'tenantId' | 'id' | 'generation' | 'credential'>

/** The same tokens under the newest key; `undefined` when they are under it already. */
export async function resealCredential(
  vault: Pick<Vault, 'reseal'>,
  { tenantId, id, generation, credential }: Holder,
): Promise<Credential | undefined> {
  const access = tokenOf(tenantId, id, generation, 'access_token')
  const accessToken = await vault.reseal(access, credential.accessToken)
  if (credential.kind === 'non_expiring') return accessToken && { ...credential, accessToken }
  const refresh = tokenOf(tenantId, id, generation, 'refresh_token')
  const refreshToken = await vault.reseal(refresh, credential.refreshToken)
  if (accessToken === undefined && refreshToken === undefined) return undefined
  return {
    ...credential,
    accessToken: accessToken ?? credential.accessToken,
    refreshToken: refreshToken ?? credential.refreshToken,
  }
}
