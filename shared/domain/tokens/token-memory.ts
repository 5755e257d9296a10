// Opened access tokens, kept in the process for a few seconds, so that a warm proxied call asks neither the store nor
// the vault. An entry that is out of date does no harm:
//   refreshed elsewhere     the access token of a generation stays valid until its expiry, which is checked on every use;
//                           if the provider ends it earlier, the 401 leads to the stored token
//   disconnected            the tokens are revoked, so the 401 leads to the store, which says "not found"; if the
//                           provider cannot be reached for the revocation, calls end within these seconds
//   suspended               takes effect within the 60 s of the credential's cache, as without this memory
//   reauthorization needed  the token does not work any more, so the 401 leads to the store
// The key holds the tenant of the credential, so a call of another tenant never finds the entry.

import type { Ambient } from '../ambient.ts'
import { BoundedMap } from '../bounded-map.ts'
import { type Connection, type ConnectionRef, keyOf, tokenOf } from '../connections/connection.ts'
import type { Secret } from '../secret.ts'
import { type EpochSeconds, later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'

export interface UsableToken {
  readonly connection: Connection
  readonly accessToken: Secret
}

/**
 * Where a call's token came from: this process remembered it; it was stored and valid; this call refreshed it; the call
 * waited while another process refreshed it.
 */
export type TokenSource = 'memory' | 'stored' | 'refreshed' | 'waited'

export interface ServedToken extends UsableToken {
  readonly source: TokenSource
}

export const REMEMBERED_SECONDS = 5
/** For this long after a token proved valid, a 401 is passed on without refresh or probe. */
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

  /** Notes that the access token of this generation is valid, so that a 401 was about something else. */
  markValid(connection: Connection, now: EpochSeconds): void {
    this.#markedValid.set(generationOf(connection), later(now, MARKED_VALID_SECONDS))
  }

  isMarkedValid(connection: Connection, now: EpochSeconds): boolean {
    const until = this.#markedValid.get(generationOf(connection))
    return until !== undefined && now < until
  }

  /** Reads a connection once for all calls that find no entry at the same moment. */
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

  /** Forgets a connection: what was read before this call is not used by any that begins after it. */
  forget(ref: ConnectionRef): void {
    this.#entries.delete(keyOf(ref))
    this.#reads.delete(keyOf(ref))
  }
}

function generationOf({ tenantId, id, generation }: Connection): string {
  return `${tenantId}/${id}/${generation}`
}

type OpeningPorts = Pick<Ambient & VaultPorts, 'now' | 'vault'> & { readonly tokenMemory: TokenMemory }

/** Opens the access token of a connection, and remembers it. */
export async function openToken(
  services: OpeningPorts,
  connection: Connection,
  source: TokenSource,
): Promise<ServedToken> {
  const binding = tokenOf(connection.tenantId, connection.id, connection.generation, 'access_token')
  const accessToken = await services.vault.open(binding, connection.credential.accessToken)
  const token = { connection, accessToken }
  services.tokenMemory.remember(token, services.now())
  return { ...token, source }
}
