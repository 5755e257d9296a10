// Commits rotated tokens whose commit failed when they came. The fence is the generation alone: whoever holds the lease
// by now asks with a refresh token that the provider has replaced, and must find the new generation.
import { backoffUntil, type Connection, tokenOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { ServiceError } from '../errors.ts'
import { equalSecrets } from '../hash.ts'
import { later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { changeForCredential } from './new-tokens.ts'
import type { TokenRotation } from './recovery-queue.ts'
import { resealCredential } from './reseal-tokens.ts'
import { attemptRevocation, type RevocationPorts } from './revocation.ts'

type Ports = RevocationPorts & Pick<ConnectionPorts, 'connections'>

/**
 * Commits one rotation; safe to repeat.
 * @returns overtaken: the connection was reconnected, deleted or refreshed meanwhile, and the tokens were revoked;
 *   given_up: the tenant's keys were deleted, as those of a deleted tenant are, and nobody can open the tokens any more
 * @throws ServiceError storage_unavailable: try again later
 */
export async function recoverTokenRotation(
  services: Ports,
  rotation: TokenRotation,
): Promise<'recovered' | 'overtaken' | 'given_up'> {
  try {
    return await commit(services, rotation)
  } catch (error) {
    // Said of a tombstone that was found, never of a key that was not: that one, or KMS, may come back.
    if (!(error instanceof ServiceError) || error.code !== 'tenant_shredded') throw error
    const { ref, generation } = rotation
    services.log.warn("A rotation was given up: its tenant's keys were deleted", { ...ref, generation })
    return 'given_up'
  }
}

async function commit(services: Ports, rotation: TokenRotation): Promise<'recovered' | 'overtaken'> {
  const { ref, generation, scopes } = rotation
  // It may have waited for days: the tenant's key may have a successor by now.
  const credential = (await resealCredential(services.vault, heldBy(rotation))) ?? rotation.credential
  const change = {
    ...changeForCredential(services, generation + 1, credential),
    scopes,
    lastRefreshedAt: rotation.rotatedAt,
  }
  if (await services.connections.update(ref, { generation }, change)) {
    services.log.info('A rotation was recovered', { ...ref, generation })
    return 'recovered'
  }
  const stored = await services.connections.get(ref)
  // Delivered twice, or stored by a write that seemed to fail: the very same token is there already. Its seal may
  // be another by now.
  if (stored !== undefined && (await holdSameToken(services.vault, stored, heldBy(rotation))))
    return 'recovered'
  await revokeRotated(services, rotation)
  return 'overtaken'
}

async function revokeRotated(services: Ports, { ref, appId, generation, credential }: TokenRotation) {
  const revocation = {
    id: services.newId('revocation'),
    tenantId: ref.tenantId,
    appId,
    record: ref.connectionId,
    generation: generation + 1,
    accessToken: credential.accessToken,
    ...(credential.kind === 'refreshable' && { refreshToken: credential.refreshToken }),
    attempts: 0,
    dueAt: later(backoffUntil(services.now(), 1, services.chance), 60),
  }
  await services.revocations.enqueue(revocation)
  await attemptRevocation(services, revocation)
}

type Holder = Pick<Connection, 'tenantId' | 'id' | 'generation' | 'credential'>

/** The connection as it would be with the rotated tokens. */
function heldBy({ ref, generation, credential }: TokenRotation): Holder {
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
