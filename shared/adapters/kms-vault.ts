// The vault: three levels of keys. KMS wraps the root keys, a root key wraps a tenant's keys, a tenant key seals its
// secrets. A seal is bound to tenant, record, generation and field: moved anywhere else, it does not open.
import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { TenantId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import type { SealBinding, Sealed, Sealer, Vault } from '#domain/vault.ts'
import { ABSENT, type Item } from './dynamodb-expressions.ts'
import type { Table } from './dynamodb-table.ts'
import { ExpiringCache } from './expiring-cache.ts'
import { type KmsRootKeys, ROOT_KEY_COUNT } from './kms-root-keys.ts'
import { additionalDataOf, keyVersionOf, open, seal } from './seal.ts'
import { PARTITION_KEY, prefixOf, SORT_KEY, tenantKeyKey } from './table.ts'

const CACHE_SECONDS = 300
const CACHED_TENANTS = 1000
const ROOT_KEY_VERSION = 1

interface TenantKey {
  readonly version: number
  readonly key: KeyObject
}

export class KmsVault implements Vault {
  readonly #rootKeys: KmsRootKeys
  readonly #table: Table
  readonly #cache = new ExpiringCache<TenantKey>(CACHE_SECONDS, CACHED_TENANTS)

  constructor(rootKeys: KmsRootKeys, table: Table) {
    this.#rootKeys = rootKeys
    this.#table = table
  }

  async sealer(tenant: TenantId): Promise<Sealer> {
    const { version, key } = await this.#cache.get(`${tenant}/newest`, () => this.#newest(tenant))
    return (binding, secret) => {
      if (binding.tenantId !== tenant) throw new Error('A sealer seals for its own tenant only')
      return seal(key, version, bindingData(binding), Buffer.from(secret.reveal())) as Sealed
    }
  }

  async seal(binding: SealBinding, secret: Secret): Promise<Sealed> {
    return (await this.sealer(binding.tenantId))(binding, secret)
  }

  async open(binding: SealBinding, sealed: Sealed): Promise<Secret> {
    const version = keyVersionOf(sealed)
    const { key } = await this.#cache.get(`${binding.tenantId}/${version}`, () =>
      this.#ofVersion(binding.tenantId, version),
    )
    try {
      return new Secret(open(key, bindingData(binding), sealed).toString())
    } catch (cause) {
      const { field, record, generation } = binding
      throw new Error(`The seal of ${field} does not belong to "${record}" generation ${generation}`, {
        cause,
      })
    }
  }

  async #newest(tenant: TenantId): Promise<TenantKey> {
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, tenantKeyKey(tenant, 1).pk],
      sort: {
        attribute: SORT_KEY,
        expression: 'begins_with(#sort, :prefix)',
        values: { ':prefix': prefixOf.tenantKeys },
      },
      newestFirst: true,
      limit: 1,
    })
    const [newest] = items
    return newest ? this.#unwrap(tenant, newest) : this.#create(tenant, 1)
  }

  async #ofVersion(tenant: TenantId, version: number): Promise<TenantKey> {
    const item = await this.#table.get(tenantKeyKey(tenant, version))
    if (item === undefined) throw new Error(`Key version ${version} of tenant "${tenant}" does not exist`)
    return this.#unwrap(tenant, item)
  }

  async #create(tenant: TenantId, version: number): Promise<TenantKey> {
    const plain = randomBytes(32)
    const number = rootKeyNumberOf(tenant)
    const rootKey = await this.#rootKeys.get(ROOT_KEY_VERSION, number)
    const item = {
      ...tenantKeyKey(tenant, version),
      version,
      rootKeyVersion: ROOT_KEY_VERSION,
      rootKeyNumber: number,
      wrapped: seal(rootKey, ROOT_KEY_VERSION, wrappingData(tenant, version), plain),
    }
    const key = createSecretKey(plain)
    plain.fill(0)
    if (await this.#table.put(item, ABSENT)) return { version, key }
    // Another process made it first: that one counts.
    return this.#ofVersion(tenant, version)
  }

  async #unwrap(tenant: TenantId, item: Item): Promise<TenantKey> {
    const version = Number(item.version)
    const rootKey = await this.#rootKeys.get(Number(item.rootKeyVersion), Number(item.rootKeyNumber))
    const plain = open(rootKey, wrappingData(tenant, version), item.wrapped as Uint8Array)
    const key = createSecretKey(plain)
    plain.fill(0)
    return { version, key }
  }
}

function bindingData({ tenantId, record, generation, field }: SealBinding): Uint8Array {
  return additionalDataOf('secret', tenantId, record, generation, field)
}

function wrappingData(tenant: TenantId, version: number): Uint8Array {
  return additionalDataOf('tenant-key', tenant, version)
}

/** Which of the root keys wraps a tenant's keys: always the same one, spread evenly over the tenants. */
function rootKeyNumberOf(tenant: TenantId): number {
  return createHash('sha256').update(tenant).digest().readUInt32BE(0) % ROOT_KEY_COUNT
}
