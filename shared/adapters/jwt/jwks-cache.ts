// The keys of identity providers, kept in the process. A key id that is not known is looked for again, which is how
// rotations are noticed, but not at the will of whoever invents key ids. While a provider cannot be reached, the keys it
// gave last go on working, for an hour.
import { createLocalJWKSet, type JSONWebKeySet, type JWK } from 'jose'
import { type Moment, secondsSince, thisMoment } from '../moment.ts'
import type { FetchJwks } from './jwks-fetch.ts'

/** How long a withdrawn key is still taken, if nothing leads to a look before. */
const FRESH_SECONDS = 5 * 60
const STALE_SECONDS = 60 * 60
/** After a look that failed, or that did not find a key id, there is no other for so long. */
const PAUSE_SECONDS = 5
/** Looks for unknown key ids: so many at once, and one more in so many seconds. */
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
  looking: Promise<void> | undefined
  looks: number
  refilledAt: Moment
  failedAt: Moment | undefined
  /** What the last look failed by. */
  trouble?: unknown
  readonly unknown: Map<string, Moment>
}

export class JwksKeys {
  readonly #fetch: FetchJwks
  readonly #kept = new Map<string, Kept>()

  constructor(fetchJwks: FetchJwks) {
    this.#fetch = fetchJwks
  }

  /** The key set that should hold a key; `undefined` when none is known and none can be had. */
  async keySet(uri: string, keyId: string | undefined): Promise<KeySet | undefined> {
    const kept = this.#keptFor(uri)
    if (!this.#mustLook(kept, keyId)) return kept.keys?.set
    kept.looking ??= this.#look(uri, kept).finally(() => {
      kept.looking = undefined
    })
    await kept.looking
    if (keyId !== undefined && kept.keys?.ids.has(keyId) === false) this.#remember(kept, keyId)
    const { keys } = kept
    return keys !== undefined && secondsSince(keys.at) < STALE_SECONDS ? keys.set : undefined
  }

  /** Why no keys could be had. */
  troubleWith(uri: string): unknown {
    return this.#kept.get(uri)?.trouble
  }

  #mustLook(kept: Kept, keyId: string | undefined): boolean {
    const { keys } = kept
    if (keys === undefined) return true
    const age = secondsSince(keys.at)
    if (age >= STALE_SECONDS) return true
    if (age >= FRESH_SECONDS) return !isPause(kept.failedAt)
    if (keyId === undefined || keys.ids.has(keyId)) return false
    return !isPause(kept.failedAt) && !isPause(kept.unknown.get(keyId)) && this.#mayLook(kept)
  }

  /** A bucket of looks that fills again with time. */
  #mayLook(kept: Kept): boolean {
    if (kept.looking !== undefined) return true
    const now = thisMoment()
    kept.looks = Math.min(BURST, kept.looks + secondsSince(kept.refilledAt, now) / REFILL_SECONDS)
    kept.refilledAt = now
    if (kept.looks < 1) return false
    kept.looks -= 1
    return true
  }

  async #look(uri: string, kept: Kept): Promise<void> {
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
      looking: undefined,
      looks: BURST,
      refilledAt: thisMoment(),
      failedAt: undefined,
      unknown: new Map(),
    }
    this.#kept.set(uri, kept)
    return kept
  }
}

function isPause(lookedAt: Moment | undefined): boolean {
  return lookedAt !== undefined && secondsSince(lookedAt) < PAUSE_SECONDS
}

/** Keys for signatures: what is symmetric, or for encryption, is nobody's business here. */
function usableKeys(body: unknown): JWK[] {
  const { keys } = body as Partial<JSONWebKeySet>
  if (!Array.isArray(keys) || keys.length > MAX_KEYS) throw new Error('not a JWK set')
  return keys.filter((key) => ['RSA', 'EC', 'OKP'].includes(key?.kty ?? '') && (key.use ?? 'sig') === 'sig')
}
