// Opened access tokens, kept in the process for a few seconds, so that a warm proxied call asks neither the store nor the
// vault. Safe to be stale:
//   refreshed elsewhere     a generation's access token stays good until its expiry, which is looked at on every use;
//                           where the provider kills it early, its 401 leads to the stored one
//   disconnected            its tokens are revoked: the provider's 401 leads to the store, which says "not found". Where
//                           the provider cannot be reached to revoke, calls end within these seconds
//   suspended               within the 60 s of the credential's cache, as without this memory
//   reauthorization needed  the token does not work any more, and the 401 leads to the store
// Keyed by tenant and connection, the tenant being the credential's: another tenant's call never meets the entry.

import { BoundedMap } from '../bounded-map.ts'
import { type Connection, type ConnectionRef, keyOf } from '../connections/connection.ts'
import type { Secret } from '../secret.ts'
import { type EpochSeconds, later } from '../time.ts'

export interface UsableToken {
  readonly connection: Connection
  readonly accessToken: Secret
}

export const REMEMBERED_SECONDS = 5
/** For so long a 401 to a token that was found to live is about something else, and leads to no refresh and no probe. */
export const MARKED_VALID_SECONDS = 30
const MAX_REMEMBERED = 1000

export class TokenMemory {
  readonly #entries = new BoundedMap<string, { readonly token: UsableToken; readonly until: EpochSeconds }>(
    MAX_REMEMBERED,
  )
  readonly #reads = new Map<string, Promise<Connection | undefined>>()
  readonly #markedValid = new BoundedMap<string, EpochSeconds>(MAX_REMEMBERED)

  recall(ref: ConnectionRef, now: EpochSeconds): UsableToken | undefined {
    const known = this.#entries.get(keyOf(ref))
    return known !== undefined && now < known.until ? known.token : undefined
  }

  remember(token: UsableToken, now: EpochSeconds): void {
    const { tenantId, id } = token.connection
    const key = keyOf({ tenantId, connectionId: id })
    this.#entries.set(key, { token, until: later(now, REMEMBERED_SECONDS) })
  }

  /** The token of this generation lives, whatever a 401 said. */
  markValid(connection: Connection, now: EpochSeconds): void {
    this.#markedValid.set(generationOf(connection), later(now, MARKED_VALID_SECONDS))
  }

  isMarkedValid(connection: Connection, now: EpochSeconds): boolean {
    const until = this.#markedValid.get(generationOf(connection))
    return until !== undefined && now < until
  }

  /** Reads a connection once for all who find nothing remembered at the same moment. */
  read(ref: ConnectionRef, read: () => Promise<Connection | undefined>): Promise<Connection | undefined> {
    const key = keyOf(ref)
    const underWay = this.#reads.get(key)
    if (underWay !== undefined) return underWay
    const begun = read().finally(() => {
      if (this.#reads.get(key) === begun) this.#reads.delete(key)
    })
    this.#reads.set(key, begun)
    return begun
  }

  /** Nothing of what was read before this is used by anybody who asks after it. */
  forget(ref: ConnectionRef): void {
    this.#entries.delete(keyOf(ref))
    this.#reads.delete(keyOf(ref))
  }
}

function generationOf({ tenantId, id, generation }: Connection): string {
  return `${tenantId}/${id}/${generation}`
}
