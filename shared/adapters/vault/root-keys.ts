// Root keys: a small fixed set of 256-bit data keys from KMS for each version. Their wrapped form is an item of the table,
// their plain form stays in memory for minutes. They keep the number of KMS calls from growing with tenants and processes.
import type { Clock, EpochSeconds } from '#domain/time.ts'
import { KEY_CACHE_SECONDS, type RootKeys, type RootKeyVersion } from '#domain/vault/key-ring.ts'
import { keyUnreadable } from '#domain/vault/vault.ts'
import { ABSENT } from '../dynamodb/expressions.ts'
import { PARTITION_KEY, ROOT_KEY_VERSION_KEY, rootKeyKey } from '../dynamodb/schema.ts'
import type { Table } from '../dynamodb/table.ts'
import { type EncryptionContext, isUnreadable, type KmsDataKeys } from './data-keys.ts'
import { KeyCache } from './key-cache.ts'
import { ROOT_KEY_PURPOSE } from './purpose.ts'

/** Enough that a leaked key opens only a fraction of the tenants, and few enough to stay in memory. */
export const ROOT_KEY_COUNT = 16
const CACHE = { seconds: KEY_CACHE_SECONDS, uses: 100_000, count: ROOT_KEY_COUNT * 4 }

export class KmsRootKeys implements RootKeys {
  readonly #dataKeys: KmsDataKeys
  readonly #keyArn: string
  readonly #table: Table
  readonly #now: Clock
  readonly #cache = new KeyCache<{ readonly key: Uint8Array }>(CACHE)
  /** The wrapped keys by sort key. They never change and are never deleted. */
  readonly #wrapped = new Map<string, Uint8Array>()

  constructor(dataKeys: KmsDataKeys, keyArn: string, table: Table, now: Clock) {
    this.#dataKeys = dataKeys
    this.#keyArn = keyArn
    this.#table = table
    this.#now = now
  }

  /** Runs something with a root key, which is made at its first use. */
  use<R>(version: number, number: number, run: (key: Uint8Array) => R): Promise<R> {
    return this.#cache.use(
      `${version}/${number}`,
      () => this.#load(version, number),
      ({ key }) => run(key),
    )
  }

  /**
   * Reads the wrapped keys of the current version, so that none of them is read again, and decrypts one. The process has
   * then called DynamoDB and KMS once. It makes no keys, because they may never be needed.
   */
  async prime(): Promise<void> {
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, ROOT_KEY_VERSION_KEY.pk],
      newestFirst: true,
      limit: ROOT_KEY_COUNT + 1,
    })
    const keys = items.filter(({ wrapped }) => wrapped !== undefined)
    for (const { sk, wrapped } of keys) this.#wrapped.set(String(sk), wrapped as Uint8Array)
    const one = keys[Math.floor(Math.random() * keys.length)]
    if (one === undefined) return
    const [version = 0, number = 0] = String(one.sk).split('#').slice(1).map(Number)
    await this.use(version, number, () => undefined)
  }

  /** Reads the table each time. It is needed only when a tenant's key is made or rewrapped. */
  async current(): Promise<RootKeyVersion> {
    const stored = await this.#table.get(ROOT_KEY_VERSION_KEY)
    if (stored !== undefined) {
      return { version: Number(stored.version), createdAt: stored.createdAt as EpochSeconds }
    }
    const first = { version: 1, createdAt: this.#now() }
    if (await this.#table.put({ ...ROOT_KEY_VERSION_KEY, ...first }, ABSENT)) return first
    return this.current()
  }

  async rotate(): Promise<number> {
    const { version } = await this.current()
    const next = { version: version + 1, createdAt: this.#now() }
    const condition = {
      expression: '#version = :version',
      names: { '#version': 'version' },
      values: { ':version': version },
    }
    if (await this.#table.update(ROOT_KEY_VERSION_KEY, { set: next }, condition)) return next.version
    return (await this.current()).version
  }

  async #load(version: number, number: number): Promise<{ readonly key: Uint8Array }> {
    const key = rootKeyKey(version, number)
    const stored = this.#wrapped.get(key.sk) ?? (await this.#table.get(key))?.wrapped
    if (stored !== undefined) return { key: await this.#unwrap(version, number, stored as Uint8Array) }
    const { plain, wrapped } = await this.#dataKeys.generate(this.#keyArn, contextOf(version, number))
    if (await this.#table.put({ ...key, wrapped, createdAt: this.#now() }, ABSENT)) return { key: plain }
    // Another process made it first, and its key counts.
    plain.fill(0)
    return this.#load(version, number)
  }

  async #unwrap(version: number, number: number, wrapped: Uint8Array): Promise<Uint8Array> {
    try {
      return await this.#dataKeys.decrypt(this.#keyArn, wrapped, contextOf(version, number))
    } catch (error) {
      throw isUnreadable(error) ? keyUnreadable(`Root key ${version}/${number}`, error) : error
    }
  }
}

/** What KMS binds a wrapped root key to. */
function contextOf(version: number, number: number): EncryptionContext {
  return { purpose: ROOT_KEY_PURPOSE, root_key: `${version}/${number}` }
}
