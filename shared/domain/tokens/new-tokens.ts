// What new tokens change in a connection: they are sealed for its next generation, it is due anew, and failures are
// reset. And how stored tokens are sealed anew, under the tenant's newest key.
import type { Ambient } from '../ambient.ts'
import {
  type Connection,
  type ConnectionRef,
  type Credential,
  expiryOf,
  nextDueAt,
  refOf,
  tokenOf,
} from '../connections/connection.ts'
import type { ConnectionChange } from '../connections/connection-store.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { Secret } from '../secret.ts'
import { type EpochSeconds, later } from '../time.ts'
import type { Sealer, Vault } from '../vault/vault.ts'

type CredentialChange = ConnectionChange & { readonly credential: Credential }

/** The change that replaces a connection's tokens by new ones. */
export function changeForTokens(
  services: Pick<Ambient, 'now' | 'chance'>,
  sealer: Sealer,
  current: Connection,
  tokens: TokenSet,
): CredentialChange {
  const generation = current.generation + 1
  const credential = sealTokens(sealer, refOf(current), generation, tokens, services.now())
  return changeForCredential(services, generation, credential)
}

/** The same for tokens that are sealed already. */
export function changeForCredential(
  services: Pick<Ambient, 'now' | 'chance'>,
  generation: number,
  credential: Credential,
): CredentialChange {
  const now = services.now()
  return {
    credential,
    state: { status: 'active' },
    generation,
    lease: null,
    unanswered: null,
    dueAt: nextDueAt(now, expiryOf(credential), services.chance),
    consecutiveFailures: 0,
    lastError: null,
    disconnectReportedAt: null,
    alert: null,
    updatedAt: now,
  }
}

export function sealTokens(
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
