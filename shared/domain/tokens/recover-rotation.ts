// Commits token rotations from the recovery queue. The generation is the only condition, as in commit-rotation.ts: a
// process that holds the lease by now asks with a refresh token that the provider has replaced, and has to find the new
// generation.
import { backoffUntil, type Connection, tokenOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { ServiceError } from '../errors.ts'
import { equalSecrets } from '../hash.ts'
import type { RevocationPorts } from '../revocation/ports.ts'
import { attemptRevocation, revocationFor } from '../revocation/revocation.ts'
import { later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { changeForCredential, resealCredential } from './new-tokens.ts'
import type { TokenRotation } from './recovery-queue.ts'
import { noteRecovery } from './refusal.ts'

type Ports = RevocationPorts & Pick<ConnectionPorts, 'connections'>

/**
 * Commits one token rotation; safe to repeat.
 * @returns overtaken: the connection was reconnected, deleted or refreshed meanwhile, and the tokens were revoked;
 *   given_up: the keys of the tenant were deleted with it, so the tokens cannot be opened any more
 * @throws ServiceError storage_unavailable: try again later
 */
export async function recoverTokenRotation(
  services: Ports,
  rotation: TokenRotation,
): Promise<'recovered' | 'overtaken' | 'given_up'> {
  try {
    return await commit(services, rotation)
  } catch (error) {
    // The vault gives this code only for a key's tombstone. A key that is missing, or KMS, may come back.
    if (!(error instanceof ServiceError) || error.code !== 'tenant_shredded') throw error
    const { ref, generation } = rotation
    services.log.warn("A rotation was given up: its tenant's keys were deleted", { ...ref, generation })
    return 'given_up'
  }
}

async function commit(services: Ports, rotation: TokenRotation): Promise<'recovered' | 'overtaken'> {
  const { ref, generation, scopes } = rotation
  // The message may have waited for days, so the tenant may have a newer key by now.
  const credential = (await resealCredential(services.vault, holderOf(rotation))) ?? rotation.credential
  const change = {
    ...changeForCredential(services, generation + 1, credential),
    scopes,
    lastRefreshedAt: rotation.rotatedAt,
  }
  const before = await services.connections.get(ref)
  if (await services.connections.update(ref, { generation }, change, before)) {
    if (before !== undefined) await noteRecovery(services, before)
    services.log.info('A rotation was recovered', { ...ref, generation })
    return 'recovered'
  }
  const stored = await services.connections.get(ref)
  // The same token is stored already if the message was delivered twice, or if the write that seemed to fail did not.
  // The tokens are compared, not their seals, because a key rotation may have sealed the stored one anew.
  if (stored !== undefined && (await holdSameToken(services.vault, stored, holderOf(rotation))))
    return 'recovered'
  await revokeRotated(services, rotation)
  return 'overtaken'
}

async function revokeRotated(services: Ports, rotation: TokenRotation) {
  const revocation = {
    ...revocationFor(services, { ...holderOf(rotation), appId: rotation.appId }),
    dueAt: later(backoffUntil(services.now(), 1, services.chance), 60),
  }
  await services.revocations.enqueue(revocation)
  await attemptRevocation(services, revocation)
}

type Holder = Pick<Connection, 'tenantId' | 'id' | 'generation' | 'credential'>

/** The connection as it would be with the rotated tokens. */
function holderOf({ ref, generation, credential }: TokenRotation): Holder {
  return { tenantId: ref.tenantId, id: ref.connectionId, generation: generation + 1, credential }
}

async function holdSameToken(vault: VaultPorts['vault'], ...holders: [Holder, Holder]): Promise<boolean> {
  const [one, other] = await Promise.all(
    holders.map(({ tenantId, id, generation, credential }) =>
      vault.open(tokenOf(tenantId, id, generation, 'access_token'), credential.accessToken),
    ),
  )
  return one !== undefined && other !== undefined && equalSecrets(one.reveal(), other.reveal())
}
