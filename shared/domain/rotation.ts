// Commits rotated tokens: the one moment at which they are in our hands only. The write is tried for as long as storage
// trouble lasts within the lease; then the sealed tokens go to the recovery queue (recovery.ts). Tokens that belong
// nowhere are revoked.
import type { Connection } from './connection.ts'
import { ServiceError } from './errors.ts'
import { changed, replacement } from './grant.ts'
import { equalSecrets } from './hash.ts'
import { fenceOf, refOf } from './lease.ts'
import type { Services, TokenSet } from './ports.ts'
import { revokeOrphan, tokenOf } from './revocation.ts'
import { later } from './time.ts'
import type { Sealer } from './vault.ts'

/** How long a commit is tried while the store fails. */
const COMMIT_SECONDS = 8
const COMMIT_PAUSE_MILLISECONDS = 300

export type RotationPorts = Pick<Services, 'sleep' | 'connections' | 'recoveryQueue'> &
  Parameters<typeof revokeOrphan>[0]

export type RotationOutcome =
  | { readonly outcome: 'refreshed'; readonly connection: Connection }
  | { readonly outcome: 'overtaken' }
  | { readonly outcome: 'failed'; readonly error: 'commit_failed' }

/**
 * Commits the tokens of a refresh under its lease.
 * @param sealer had before the provider was asked: sealing needs no store any more
 */
export async function commitRotation(
  services: RotationPorts,
  connection: Connection,
  owner: string,
  sealer: Sealer,
  tokens: TokenSet,
): Promise<RotationOutcome> {
  const scopes = tokens.scopes.length > 0 ? tokens.scopes : connection.scopes
  const change = {
    ...replacement(services, sealer, connection, tokens),
    scopes,
    lastRefreshedAt: services.now(),
  }
  const ref = refOf(connection)
  try {
    const write = () => services.connections.update(ref, fenceOf(connection, owner), change)
    if (await persistently(services, write)) {
      return { outcome: 'refreshed', connection: changed(connection, change) }
    }
  } catch (error) {
    services.log.error('A rotation could not be committed; it goes to the recovery queue', { ...ref, error })
    const { appId, generation } = connection
    const { credential } = change
    await services.recoveryQueue.send({
      ref,
      appId,
      generation,
      credential,
      scopes,
      rotatedAt: change.updatedAt,
    })
    return { outcome: 'failed', error: 'commit_failed' }
  }
  const found = await services.connections.get(ref)
  // A retried write can refuse what its first attempt stored; and a provider may give two askers the same tokens.
  if (found !== undefined && (await holds(services, found, tokens))) {
    return { outcome: 'refreshed', connection: found }
  }
  // Reconnected, deleted or refreshed by another while we asked: our tokens belong nowhere.
  await revokeOrphan(services, connection, tokens)
  return { outcome: 'overtaken' }
}

/** Storage trouble passes: the new tokens are in our hands only, so the write is tried for as long as the lease lasts. */
async function persistently(
  services: Pick<Services, 'now' | 'chance' | 'sleep'>,
  write: () => Promise<boolean>,
): Promise<boolean> {
  const until = later(services.now(), COMMIT_SECONDS)
  for (;;) {
    try {
      return await write()
    } catch (error) {
      const passing = error instanceof ServiceError && error.code === 'storage_unavailable'
      if (!passing || services.now() >= until) throw error
      await services.sleep(COMMIT_PAUSE_MILLISECONDS * (0.5 + services.chance()))
    }
  }
}

async function holds(services: RotationPorts, stored: Connection, tokens: TokenSet): Promise<boolean> {
  const binding = tokenOf(stored.tenantId, stored.id, stored.generation, 'access_token')
  const held = await services.vault.open(binding, stored.credential.accessToken)
  return equalSecrets(held.reveal(), tokens.accessToken.reveal())
}
