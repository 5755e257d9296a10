// The keys of tenants: a wrapped key in an item for each version, and the plain key in memory for minutes. A shredded
// tenant has a tombstone instead. It sorts after every version, so a query for the newest key finds it.

import type { TenantId } from '#domain/ids.ts'
import type { Clock, EpochSeconds } from '#domain/time.ts'
import {
  KEY_CACHE_SECONDS,
  type KeyRing,
  type TenantKeys,
  type TenantKeyVersion,
} from '#domain/vault/key-ring.ts'
import { tenantShredded } from '#domain/vault/vault.ts'
import { ABSENT, type Item } from '../dynamodb/expressions.ts'
import { PARTITION_KEY, prefixOf, SORT_KEY, shreddedKey, tenantKeyKey } from '../dynamodb/schema.ts'
import type { Table } from '../dynamodb/table.ts'
import { unlessShredded } from '../dynamodb/tenant-items.ts'
import { KeyCache } from './key-cache.ts'
import type { TenantKeyWrapping } from './tenant-key-wrapping.ts'
import { WRAPPED_KEY_SECONDS, WrappedKeys } from './wrapped-keys.ts'

/** A wrapped key may be WRAPPED_KEY_SECONDS old when it is unwrapped. Both times together are what is promised. */
const CACHE = { seconds: KEY_CACHE_SECONDS - WRAPPED_KEY_SECONDS, uses: 100_000, count: 2000 }
/** How often to start over if another process rotates the tenant's key. */
const ATTEMPTS = 5

export interface TenantKey {
  readonly version: number
  readonly key: Uint8Array
}

/** The version was never made, or was deleted. */
export class UnknownKeyVersion extends Error {}

export class KmsTenantKeys implements TenantKeys {
  readonly #wrapping: TenantKeyWrapping
  readonly #table: Table
  readonly #now: Clock
  readonly #cache = new KeyCache<TenantKey>(CACHE)
  readonly #wrapped = new WrappedKeys()

  constructor(wrapping: TenantKeyWrapping, table: Table, now: Clock) {
    this.#wrapping = wrapping
    this.#table = table
    this.#now = now
  }

  /** Runs something with the newest key. A tenant's first key is made at its first use. */
  useNewest<R>(tenant: TenantId, run: (key: TenantKey) => R): Promise<R> {
    return this.#cache.use(`${tenant}/newest`, () => this.#newest(tenant), run)
  }

  /** @throws UnknownKeyVersion */
  useVersion<R>(tenant: TenantId, version: number, run: (key: TenantKey) => R): Promise<R> {
    return this.#cache.use(`${tenant}/${version}`, () => this.#ofVersion(tenant, version), run)
  }

  /** Keeps items of a tenant's keys that came with another read, so that they are not read again. */
  keepWrapped(tenant: TenantId, items: readonly Item[]): void {
    this.#wrapped.keep(tenant, items)
  }

  async list(tenant: TenantId): Promise<KeyRing> {
    const items: Item[] = []
    for (let after: Item | undefined; ; ) {
      const page = await this.#table.query({ ...keysOf(tenant), ...(after && { after }) })
      items.push(...page.items)
      if (page.last === undefined) break
      after = page.last
    }
    const tombstone = items.find(isTombstone)
    return {
      versions: items.filter((item) => !isTombstone(item)).map(versionOf),
      ...(tombstone && { shreddedAt: tombstone.shreddedAt as EpochSeconds }),
    }
  }

  /** If another process makes a version meanwhile, with the same wrapping, that counts as the rotation. */
  async rotate(tenant: TenantId, kmsKeyArn?: string): Promise<number> {
    let before: number | undefined
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { versions, shreddedAt } = await this.list(tenant)
      if (shreddedAt !== undefined) throw tenantShredded()
      const newest = versions.at(-1)
      before ??= newest?.version ?? 0
      const rotated = newest !== undefined && newest.version > before && isWrappedBy(newest, kmsKeyArn)
      const version = rotated ? newest.version : await this.#makeNext(tenant, newest, kmsKeyArn)
      if (version === undefined) continue
      this.#cache.forget(`${tenant}/newest`)
      return version
    }
    throw new Error(`The key of tenant "${tenant}" kept being rotated by others`)
  }

  async #makeNext(
    tenant: TenantId,
    newest: TenantKeyVersion | undefined,
    kmsKeyArn: string | undefined,
  ): Promise<number | undefined> {
    const made = await this.#make(tenant, (newest?.version ?? 0) + 1, kmsKeyArn)
    made?.key.fill(0)
    return made?.version
  }

  async rewrap(tenant: TenantId, version: number): Promise<boolean> {
    const item = await this.#table.get(tenantKeyKey(tenant, version))
    if (item === undefined || item.kmsKeyArn !== undefined) return false
    const key = await this.#wrapping.unwrap(tenant, version, item)
    const set = await this.#wrapping.wrap(tenant, version, key).finally(() => key.fill(0))
    const condition = {
      expression: '#wrapped = :former',
      names: { '#wrapped': 'wrapped' },
      values: { ':former': item.wrapped },
    }
    return (await this.#table.update(tenantKeyKey(tenant, version), { set }, condition)) !== undefined
  }

  async retire(tenant: TenantId, version: number): Promise<void> {
    const condition = { expression: 'attribute_exists(pk) AND attribute_not_exists(retiredAt)' }
    await this.#table.update(tenantKeyKey(tenant, version), { set: { retiredAt: this.#now() } }, condition)
  }

  async remove(tenant: TenantId, version: number): Promise<void> {
    await this.#table.delete(tenantKeyKey(tenant, version), { expression: 'attribute_exists(retiredAt)' })
    this.#forget(tenant, version)
  }

  async shred(tenant: TenantId): Promise<void> {
    await this.#table.put({ ...shreddedKey(tenant), shreddedAt: this.#now() }, ABSENT)
    const { versions } = await this.list(tenant)
    for (const { version } of versions) await this.#table.delete(tenantKeyKey(tenant, version))
    this.#forget(tenant)
  }

  #forget(tenant: TenantId, version: number | '' = ''): void {
    this.#wrapped.forget(tenant)
    this.#cache.forget(`${tenant}/${version}`)
  }

  async #newest(tenant: TenantId): Promise<TenantKey> {
    const { items } = await this.#table.query({ ...keysOf(tenant), newestFirst: true, limit: 1 })
    const [newest] = items
    if (newest === undefined) return (await this.#make(tenant, 1, undefined)) ?? this.#newest(tenant)
    if (isTombstone(newest)) throw tenantShredded()
    const version = Number(newest.version)
    return { version, key: await this.#wrapping.unwrap(tenant, version, newest) }
  }

  async #ofVersion(tenant: TenantId, version: number): Promise<TenantKey> {
    const item = this.#wrapped.find(tenant, version) ?? (await this.#table.get(tenantKeyKey(tenant, version)))
    if (item !== undefined) return { version, key: await this.#wrapping.unwrap(tenant, version, item) }
    await this.#refuseShredded(tenant)
    throw new UnknownKeyVersion(`Key version ${version} of tenant "${tenant}" does not exist`)
  }

  /** Makes a version. `undefined` if another process made it first, or if the tenant was shredded meanwhile. */
  async #make(tenant: TenantId, version: number, kmsKeyArn?: string): Promise<TenantKey | undefined> {
    const { key, attributes } = await this.#wrapping.make(tenant, version, kmsKeyArn)
    const put = { ...tenantKeyKey(tenant, version), version, createdAt: this.#now(), ...attributes }
    // If a shredding began before, the condition fails. If it begins later, it finds the new version and deletes it.
    if (await this.#table.transact([{ put, condition: ABSENT }, unlessShredded(tenant)])) {
      return { version, key }
    }
    key.fill(0)
    return undefined
  }

  async #refuseShredded(tenant: TenantId): Promise<void> {
    if ((await this.#table.get(shreddedKey(tenant))) !== undefined) throw tenantShredded()
  }
}

function keysOf(tenant: TenantId) {
  const sort = {
    attribute: SORT_KEY,
    expression: 'begins_with(#sort, :prefix)',
    values: { ':prefix': prefixOf.tenantKeys },
  }
  return { partition: [PARTITION_KEY, shreddedKey(tenant).pk], sort } as const
}

function isTombstone(item: Item): boolean {
  return item.shreddedAt !== undefined
}

function isWrappedBy({ wrappedBy }: TenantKeyVersion, kmsKeyArn: string | undefined): boolean {
  return wrappedBy.kind === 'kms_key' ? wrappedBy.arn === kmsKeyArn : kmsKeyArn === undefined
}

function versionOf(item: Item): TenantKeyVersion {
  return {
    version: Number(item.version),
    createdAt: item.createdAt as EpochSeconds,
    wrappedBy:
      item.kmsKeyArn === undefined
        ? { kind: 'root_key', version: Number(item.rootKeyVersion) }
        : { kind: 'kms_key', arn: String(item.kmsKeyArn) },
    ...(item.retiredAt !== undefined && { retiredAt: item.retiredAt as EpochSeconds }),
  }
}
