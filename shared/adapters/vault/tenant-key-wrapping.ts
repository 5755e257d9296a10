// Wraps a tenant's key, under a root key or with the tenant's own KMS key, to and from the attributes of the key's item. A
// key that was wrapped for one tenant and version does not unwrap for another.
import { createHash, randomBytes } from 'node:crypto'
import { ServiceError } from '#domain/errors.ts'
import type { TenantId } from '#domain/ids.ts'
import { keyUnreadable } from '#domain/vault/vault.ts'
import type { Item } from '../dynamodb/expressions.ts'
import { type EncryptionContext, isUnreadable, type KmsDataKeys } from './data-keys.ts'
import { TENANT_KEY_PURPOSE } from './purpose.ts'
import { type KmsRootKeys, ROOT_KEY_COUNT } from './root-keys.ts'
import { additionalDataOf, open, seal } from './seal.ts'

export class TenantKeyWrapping {
  readonly #rootKeys: KmsRootKeys
  readonly #dataKeys: KmsDataKeys

  constructor(rootKeys: KmsRootKeys, dataKeys: KmsDataKeys) {
    this.#rootKeys = rootKeys
    this.#dataKeys = dataKeys
  }

  /** A new key, plain and as attributes of its item. */
  async make(
    tenant: TenantId,
    version: number,
    kmsKeyArn: string | undefined,
  ): Promise<{ readonly key: Uint8Array; readonly attributes: Item }> {
    if (kmsKeyArn === undefined) {
      const key = randomBytes(32)
      return { key, attributes: await this.wrap(tenant, version, key) }
    }
    const { plain, wrapped } = await ownKey(kmsKeyArn, () =>
      this.#dataKeys.generate(kmsKeyArn, contextOf(tenant)),
    )
    return { key: plain, attributes: { kmsKeyArn, wrapped } }
  }

  /** Wraps a key under the current root keys. */
  async wrap(tenant: TenantId, version: number, key: Uint8Array): Promise<Item> {
    const { version: rootKeyVersion } = await this.#rootKeys.current()
    const rootKeyNumber = rootKeyNumberOf(tenant)
    const wrapped = await this.#rootKeys.use(rootKeyVersion, rootKeyNumber, (rootKey) =>
      seal(rootKey, rootKeyVersion, wrappingData(tenant, version), key),
    )
    return { rootKeyVersion, rootKeyNumber, wrapped }
  }

  /** @throws ServiceError secret_unreadable; kms_key_unavailable */
  async unwrap(tenant: TenantId, version: number, item: Item): Promise<Uint8Array> {
    const wrapped = item.wrapped as Uint8Array
    const name = `Key version ${version} of tenant "${tenant}"`
    if (item.kmsKeyArn !== undefined) {
      const arn = String(item.kmsKeyArn)
      return ownKey(arn, () => this.#dataKeys.decrypt(arn, wrapped, contextOf(tenant)), name)
    }
    return this.#rootKeys.use(Number(item.rootKeyVersion), Number(item.rootKeyNumber), (rootKey) => {
      try {
        return open(rootKey, wrappingData(tenant, version), wrapped)
      } catch (error) {
        throw keyUnreadable(name, error)
      }
    })
  }
}

/** Calls the tenant's own KMS key. If KMS refuses, only the tenant can correct it, and the error says so. */
async function ownKey<T>(arn: string, call: () => Promise<T>, name = 'The key'): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (isUnreadable(error)) throw keyUnreadable(name, error)
    const refused = error instanceof Error && '$fault' in error && error.$fault === 'client'
    if (!refused) throw error
    throw new ServiceError(
      'kms_key_unavailable',
      `The tenant's own KMS key ${arn} cannot be used (${error.name}). Nothing is lost. Enable the key or allow its use again.`,
      { cause: error },
    )
  }
}

/** What KMS binds a tenant's key to. */
function contextOf(tenant: TenantId): EncryptionContext {
  return { purpose: TENANT_KEY_PURPOSE, tenant }
}

function wrappingData(tenant: TenantId, version: number): Uint8Array {
  return additionalDataOf('tenant-key', tenant, version)
}

/** The number of the root key that wraps a tenant's keys. It is always the same, and tenants are spread evenly. */
function rootKeyNumberOf(tenant: TenantId): number {
  return createHash('sha256').update(tenant).digest().readUInt32BE(0) % ROOT_KEY_COUNT
}
