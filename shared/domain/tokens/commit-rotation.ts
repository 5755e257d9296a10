// Commits the tokens of a token rotation. Until they are committed, only this process has them. When the write fails,
// the sealed tokens go to the recovery queue (recover-rotation.ts) at once, and the write is retried. Tokens that no
// connection will hold are revoked.
import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { type Connection, refOf, tokenOf } from '../connections/connection.ts'
import { changed } from '../connections/connection-store.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { ServiceError } from '../errors.ts'
import { equalSecrets } from '../hash.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { RevocationPorts } from '../revocation/ports.ts'
import { revokeOrphan } from '../revocation/revocation.ts'
import { later } from '../time.ts'
import type { Sealer } from '../vault/vault.ts'
import { changeForTokens } from './new-tokens.ts'
import type { TokenPorts } from './ports.ts'

/** How long a commit is retried while the store fails. */
const COMMIT_SECONDS = 8
const COMMIT_PAUSE_MILLISECONDS = 300

export type TokenRotationPorts = RevocationPorts &
  Pick<Ambient & ConnectionPorts & TokenPorts, 'sleep' | 'connections' | 'recoveryQueue'>

export type TokenRotationOutcome =
  | { readonly outcome: 'refreshed'; readonly connection: Connection }
  | { readonly outcome: 'overtaken' }
  | { readonly outcome: 'failed'; readonly error: 'commit_failed' }

/**
 * Commits the tokens of a refresh on the condition that the generation is still the one that was read. The lease is no
 * condition: even if this process stood still until another one took the lease, these tokens succeed the stored ones.
 * @param held was obtained before the provider was asked: the app, and a sealer that needs no store any more
 */
export async function commitTokenRotation(
  services: TokenRotationPorts,
  connection: Connection,
  held: { readonly sealer: Sealer; readonly app: App },
  tokens: TokenSet,
): Promise<TokenRotationOutcome> {
  const scopes = tokens.scopes.length > 0 ? tokens.scopes : connection.scopes
  const change = {
    ...changeForTokens(services, held.sealer, connection, tokens),
    scopes,
    lastRefreshedAt: services.now(),
  }
  const ref = refOf(connection)
  const { appId, generation } = connection
  const { credential, updatedAt: rotatedAt } = change
  const queue = () => services.recoveryQueue.send({ ref, appId, generation, credential, scopes, rotatedAt })
  const committed = await commitWithRetry(
    services,
    () => services.connections.update(ref, { generation }, change),
    queue,
  )
  if (committed === 'queued') return { outcome: 'failed', error: 'commit_failed' }
  if (committed) return { outcome: 'refreshed', connection: changed(connection, change) }
  return resolveRefusedCommit(services, connection, held.app, tokens).catch(
    async (error): Promise<TokenRotationOutcome> => {
      services.log.error('Tokens without a connection could not be revoked; they go to the recovery queue', {
        error,
      })
      await queue()
      return { outcome: 'overtaken' }
    },
  )
}

/** Finds out why the commit was refused: the same tokens are stored already, or other ones, and these are revoked. */
async function resolveRefusedCommit(
  services: TokenRotationPorts,
  connection: Connection,
  app: App,
  tokens: TokenSet,
): Promise<TokenRotationOutcome> {
  const found = await services.connections.get(refOf(connection))
  // A repeated write is refused when its first attempt was stored. And a provider may give two requests the same
  // tokens.
  if (found !== undefined && (await holds(services, found, tokens))) {
    return { outcome: 'refreshed', connection: found }
  }
  // Meanwhile the connection was reconnected, deleted or refreshed by another process.
  await revokeOrphan(services, app, tokens)
  return { outcome: 'overtaken' }
}

/**
 * Writes, and retries for as long as a fault of the store may pass within the lease. From the first fault on the tokens
 * are also sent to the recovery queue, because this process may die at any moment. Neither waits for the other, so that
 * one which hangs does not stop the other.
 * @throws the store's error when the queue did not take the tokens either
 */
async function commitWithRetry(
  services: Pick<Ambient, 'now' | 'chance' | 'sleep' | 'log'>,
  write: () => Promise<boolean>,
  queue: () => Promise<void>,
): Promise<boolean | 'queued'> {
  const until = later(services.now(), COMMIT_SECONDS)
  let queued = false
  let sending: Promise<void> | undefined
  const send = async () => {
    try {
      await queue()
      queued = true
    } catch (cause) {
      services.log.error('The recovery queue did not take a token rotation', { error: cause })
    }
    sending = undefined
  }
  for (let attempt = 1; ; attempt++) {
    try {
      return await write()
    } catch (error) {
      if (attempt === 1)
        services.log.error('A token rotation could not be committed; it goes to the recovery queue', {
          error,
        })
      if (!queued) sending ??= send()
      const mayPass = error instanceof ServiceError && error.code === 'storage_unavailable'
      const over = services.now() >= until
      // There is nothing left to do but to learn what becomes of the message.
      if (!mayPass || over) await sending
      if (queued && (!mayPass || over)) return 'queued'
      if (over) throw error
      await services.sleep(COMMIT_PAUSE_MILLISECONDS * (0.5 + services.chance()))
    }
  }
}

async function holds(services: TokenRotationPorts, stored: Connection, tokens: TokenSet): Promise<boolean> {
  const binding = tokenOf(stored.tenantId, stored.id, stored.generation, 'access_token')
  const held = await services.vault.open(binding, stored.credential.accessToken)
  return equalSecrets(held.reveal(), tokens.accessToken.reveal())
}
