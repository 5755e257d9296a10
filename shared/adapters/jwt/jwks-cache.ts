// The keys of identity providers, kept in the process. An unknown key id leads to another fetch, which is how a provider's
// new keys are noticed. These fetches are limited, because a caller can invent key ids. While a provider cannot be
// reached, the keys that it gave last work on for an hour.
import { createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'
import type { FetchJwks } from './jwks-fetch.ts'

/** How long keys are used without another fetch. A withdrawn key may be accepted for that long. */
const FRESH_SECONDS = 5 * 60
const STALE_SECONDS = 60 * 60
/** The pause after a fetch that failed, or that did not bring the key id. */
const PAUSE_SECONDS = 5
/** Fetches for unknown key ids: so many at once, and one more in every REFILL_SECONDS. */
const BURST = 5
const REFILL_SECONDS = 10
const MAX_PROVIDERS = 500
const MAX_KEYS = 100
const MAX_UNKNOWN = 100

export type KeySet = ReturnType<typeof createLocalJWKSet>

interface Kept {
  keys:
    | { readonly ids: ReadonlySet<string | undefined>; readonly set: KeySet; readonly at: Moment }
    | undefined
  fetching: Promise<void> | undefined
  fetches: number
  refilledAt: Moment
  failedAt: Moment | undefined
  /** The error of the last fetch that failed. */
  trouble?: unknown
  readonly unknown: Map<string, Moment>
}

export class JwksKeys {
  readonly #fetch: FetchJwks
  readonly #kept = new Map<string, Kept>()

  constructor(fetchJwks: FetchJwks) {
    this.#fetch = fetchJwks
  }

  /** The key set that should hold a key. `undefined` if none is known and none can be fetched. */
  async keySet(uri: string, keyId: string | undefined): Promise<KeySet | undefined> {
    const kept = this.#keptFor(uri)
    if (!this.#mustFetch(kept, keyId)) return kept.keys?.set
    kept.fetching ??= this.#fetchInto(uri, kept).finally(() => {
      kept.fetching = undefined
    })
    await kept.fetching
    if (keyId !== undefined && kept.keys?.ids.has(keyId) === false) this.#remember(kept, keyId)
    const { keys } = kept
    return keys !== undefined && secondsSince(keys.at) < STALE_SECONDS ? keys.set : undefined
  }

  /** Why no keys could be fetched. */
  troubleWith(uri: string): unknown {
    return this.#kept.get(uri)?.trouble
  }

  #mustFetch(kept: Kept, keyId: string | undefined): boolean {
    const { keys } = kept
    if (keys === undefined) return true
    const age = secondsSince(keys.at)
    if (age >= STALE_SECONDS) return true
    if (age >= FRESH_SECONDS) return !isPause(kept.failedAt)
    if (keyId === undefined || keys.ids.has(keyId)) return false
    return !isPause(kept.failedAt) && !isPause(kept.unknown.get(keyId)) && this.#mayFetch(kept)
  }

  /** A token bucket of fetches. */
  #mayFetch(kept: Kept): boolean {
    if (kept.fetching !== undefined) return true
    const now = thisMoment()
    kept.fetches = Math.min(BURST, kept.fetches + secondsSince(kept.refilledAt, now) / REFILL_SECONDS)
    kept.refilledAt = now
    if (kept.fetches < 1) return false
    kept.fetches -= 1
    return true
  }

  async #fetchInto(uri: string, kept: Kept): Promise<void> {
    if (isPause(kept.failedAt)) return
    try {
      const keys = usableKeys(await this.#fetch(uri))
      kept.keys = {
        ids: new Set(keys.map(({ kid }) => kid)),
        set: createLocalJWKSet({ keys }),
        at: thisMoment(),
      }
      kept.failedAt = undefined
    } catch (error) {
      kept.failedAt = thisMoment()
      kept.trouble = error
    }
  }

  #remember(kept: Kept, keyId: string): void {
    if (kept.unknown.size >= MAX_UNKNOWN) kept.unknown.clear()
    kept.unknown.set(keyId, thisMoment())
  }

  #keptFor(uri: string): Kept {
    const known = this.#kept.get(uri)
    if (known !== undefined) return known
    if (this.#kept.size >= MAX_PROVIDERS) this.#kept.clear()
    const kept: Kept = {
      keys: undefined,
      fetching: undefined,
      fetches: BURST,
      refilledAt: thisMoment(),
      failedAt: undefined,
      unknown: new Map(),
    }
    this.#kept.set(uri, kept)
    return kept
  }
}

function isPause(fetchedAt: Moment | undefined): boolean {
  return fetchedAt !== undefined && secondsSince(fetchedAt) < PAUSE_SECONDS
}

/** The keys for signatures. Symmetric keys and keys for encryption are left out. */
function usableKeys(body: unknown): JWK[] {
  const { keys } = body as Partial<JSONWebKeySet>
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) throw new Error('not a JWK set')
  return keys.filter((key) => ['RSA', 'EC', 'OKP'].includes(key?.kty ?? '') && (key.use ?? 'sig') === 'sig')
}
