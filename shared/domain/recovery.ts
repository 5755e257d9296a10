// Commits rotated tokens whose commit failed when they came. The fence is the generation alone: whoever holds the lease
// by now asks with a refresh token that the provider has replaced, and must find the new generation.
import { backoffUntil, type Connection } from './connection.ts'
import { renewal } from './grant.ts'
import { equalSecrets } from './hash.ts'
import type { RecoverableRotation, Services } from './ports.ts'
import { settleRevocation, tokenOf } from './revocation.ts'
import { later } from './time.ts'

type Ports = Pick<Services, 'connections' | 'log'> & Parameters<typeof settleRevocation>[0]

/**
 * Commits one rotation; safe to repeat.
 * @returns overtaken: the connection was reconnected, deleted or refreshed meanwhile, and the tokens were revoked
 * @throws ServiceError storage_unavailable: try again later
 */
export async function recoverRotation(
  services: Ports,
  rotation: RecoverableRotation,
): Promise<'recovered' | 'overtaken'> {
  const { ref, generation, credential, scopes } = rotation
  const change = {
    ...renewal(services, generation + 1, credential),
    credential,
    scopes,
    lastRefreshedAt: rotation.rotatedAt,
  }
  if (await services.connections.update(ref, { generation }, change)) {
    services.log.info('A rotation was recovered', { ...ref, generation })
    return 'recovered'
  }
  const stored = await services.connections.get(ref)
  // Delivered twice, or stored by a write that seemed to fail: the very same token is there already.
  if (stored !== undefined && (await holdsSame(services, stored, rotation))) return 'recovered'
  await revokeRotated(services, rotation)
  return 'overtaken'
}

async function revokeRotated(services: Ports, { ref, appId, generation, credential }: RecoverableRotation) {
  const debt = {
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
  await services.revocations.owe(debt)
  await settleRevocation(services, debt)
}

/** By the tokens, not by their seals: those are made anew when keys rotate. */
async function holdsSame(
  services: Ports,
  stored: Connection,
  { ref, generation, credential }: RecoverableRotation,
): Promise<boolean> {
  if (stored.generation !== generation + 1) return false
  const binding = tokenOf(ref.tenantId, ref.connectionId, stored.generation, 'access_token')
  const [held, recovered] = await Promise.all([
    services.vault.open(binding, stored.credential.accessToken),
    services.vault.open(binding, credential.accessToken),
  ])
  return equalSecrets(held.reveal(), recovered.reveal())
}
