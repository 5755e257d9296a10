// Commits the tokens of a token rotation. Until they are committed, only this process has them. When the write fails,
// the sealed tokens go to the recovery queue (recover-rotation.ts) at once, and the write is retried. If neither takes
// them by the end of the process's time, the process holds them for its next invocation, and a line in the log has them,
// from which an operator can send them to the queue. All of these hold seals only. Tokens that no connection will hold
// are revoked.
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
import { type EpochSeconds, earliest, later, latest } from '../time.ts'
import type { Sealer } from '../vault/vault.ts'
import { COMMIT_SECONDS } from './lease.ts'
import { changeForTokens } from './new-tokens.ts'
import type { TokenPorts } from './ports.ts'
import type { TokenRotation } from './recovery-queue.ts'

const COMMIT_PAUSE_MILLISECONDS = 300
/** A write without an answer for so long has met a fault, which the adapter may still retry. */
const SLOW_WRITE_SECONDS = 2
/** A process that stood still beyond its end has this long for one write. */
const LAST_WRITE_SECONDS = 1

/** An alarm counts the log lines with this message (infra/alarms.ts). The runbook says what to do with them. */
export const TOKENS_UNSTORED = 'A token rotation could not be stored anywhere'

export type TokenRotationPorts = RevocationPorts &
  Pick<
    Ambient & ConnectionPorts & TokenPorts,
    'sleep' | 'background' | 'connections' | 'recoveryQueue' | 'heldRotations'
  >

export type TokenRotationOutcome =
  | { readonly outcome: 'refreshed'; readonly connection: Connection }
  | { readonly outcome: 'overtaken' }
  | { readonly outcome: 'failed'; readonly error: 'commit_failed' }

/**
 * Commits the tokens of a refresh on the condition that the generation is still the one that was read. The lease is no
 * condition: even if this process stood still until another one took the lease, these tokens succeed the stored ones.
 * @param held was obtained before the provider was asked: the app, and a sealer that needs no store any more
 * @param end when the process stops working
 */
export async function commitTokenRotation(
  services: TokenRotationPorts,
  connection: Connection,
  held: { readonly sealer: Sealer; readonly app: App },
  tokens: TokenSet,
  end: EpochSeconds,
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
  const rotation = { ref, appId, generation, credential, scopes, rotatedAt }
  const write = () => services.connections.update(ref, { generation }, change, connection)
  const committed = await commitWithRetry(services, write, rotation, end)
  if (committed === 'kept') return { outcome: 'failed', error: 'commit_failed' }
  if (committed) return { outcome: 'refreshed', connection: changed(connection, change) }
  const resolving = resolveRefusedCommit(services, connection, held.app, tokens)
  const resolved = await services.background.within(resolving, end).catch((error) => {
    services.log.error('Tokens without a connection could not be revoked; they go to the recovery queue', {
      error,
    })
  })
  if (resolved !== undefined) return resolved
  await sendOrHold(services, rotation, write, end)
  return { outcome: 'overtaken' }
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
 * Writes, and retries while a fault of the store may pass. From the first fault on, or when a write takes long, the tokens
 * are also sent to the recovery queue, because this process may die at any moment. Neither waits for the other, so that
 * one which hangs does not stop the other. While the queue has not taken the tokens either, the retries go on until `end`.
 * @returns kept: the tokens are on the queue, or held by this process
 */
async function commitWithRetry(
  services: TokenRotationPorts,
  write: () => Promise<boolean>,
  rotation: TokenRotation,
  end: EpochSeconds,
): Promise<boolean | 'kept'> {
  const enough = later(services.now(), COMMIT_SECONDS)
  let queued = false
  let sending: Promise<object> | undefined
  const send = async () => {
    try {
      await services.recoveryQueue.send(rotation)
      queued = true
    } catch (error) {
      services.log.error('The recovery queue did not take a token rotation', { error })
    }
    sending = undefined
    return {}
  }
  for (let attempt = 1; ; attempt++) {
    // A write that hangs must not keep the process from its last means.
    const writing = write().then(
      (done) => ({ done }),
      (error: unknown) => ({ error }),
    )
    const until = latest(end, later(services.now(), LAST_WRITE_SECONDS))
    const slow = earliest(until, later(services.now(), SLOW_WRITE_SECONDS))
    let wrote: Awaited<typeof writing> | undefined = await services.background.within(writing, slow)
    if (wrote === undefined && !queued) sending ??= send()
    wrote ??= (await services.background.within(writing, until)) ?? { error: 'no answer in time' }
    if ('done' in wrote) return wrote.done
    const { error } = wrote
    if (attempt === 1)
      services.log.error('A token rotation could not be committed; it goes to the recovery queue', { error })
    if (!queued) sending ??= send()
    const mayPass = error instanceof ServiceError && error.code === 'storage_unavailable'
    if (!mayPass && sending) await services.background.within(sending, until)
    const now = services.now()
    if (queued && (!mayPass || now >= enough)) return 'kept'
    if (now >= end) {
      hold(services, rotation, write)
      return 'kept'
    }
    await services.sleep(COMMIT_PAUSE_MILLISECONDS * (0.5 + services.chance()))
  }
}

async function sendOrHold(
  services: TokenRotationPorts,
  rotation: TokenRotation,
  write: () => Promise<boolean>,
  end: EpochSeconds,
): Promise<void> {
  const sending = services.recoveryQueue.send(rotation).then(() => ({}))
  const sent = await services.background.within(sending, end).catch((error) => {
    services.log.error('The recovery queue did not take a token rotation', { error })
  })
  if (sent === undefined) hold(services, rotation, write)
}

/** Keeps tokens for the next invocation of this process, and in the log, because the process may end before that. */
function hold(services: TokenRotationPorts, rotation: TokenRotation, write: () => Promise<boolean>): void {
  const named = { ...rotation.ref, generation: rotation.generation }
  services.heldRotations.hold(async () => {
    // A write that is refused leaves it to the consumer of the queue to find out why.
    const stored = await write().catch(() => false)
    if (!stored) await services.recoveryQueue.send(rotation)
    services.log.info('A token rotation that this process held was stored or queued', { ...named, stored })
  })
  const recovery_message = services.recoveryQueue.messageOf(rotation)
  services.log.error(TOKENS_UNSTORED, { ...named, recovery_message })
}

async function holds(services: TokenRotationPorts, stored: Connection, tokens: TokenSet): Promise<boolean> {
  const binding = tokenOf(stored.tenantId, stored.id, stored.generation, 'access_token')
  const held = await services.vault.open(binding, stored.credential.accessToken)
  return equalSecrets(held.reveal(), tokens.accessToken.reveal())
}
