// The vault: three levels of keys. KMS wraps the root keys, a root key wraps a tenant's keys, a tenant key seals its
// secrets. A seal is bound to tenant, record, generation and field, and does not open anywhere else.
import type { TenantId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import {
  type SealBinding,
  type Sealed,
  type Sealer,
  secretUnreadable,
  type Vault,
} from '#domain/vault/vault.ts'
import { additionalDataOf, keyVersionOf, open, seal } from './seal.ts'
import { type KmsTenantKeys, type TenantKey, UnknownKeyVersion } from './tenant-keys.ts'

export class KmsVault implements Vault {
  readonly #keys: KmsTenantKeys
  /** A sealer has a copy of the key, because nothing says when it is no longer used. Garbage collection zeroes the copy. */
  readonly #sealerKeys = new FinalizationRegistry<Uint8Array>((key) => key.fill(0))

  constructor(keys: KmsTenantKeys) {
    this.#keys = keys
  }

  async sealer(tenant: TenantId): Promise<Sealer> {
    const own = await this.#keys.useNewest(tenant, ({ version, key }) => ({ version, key: Buffer.from(key) }))
    const sealer: Sealer = (binding, secret) => {
      if (binding.tenantId !== tenant) throw new Error('A sealer seals for its own tenant only')
      return sealWith(own, binding, Buffer.from(secret.reveal()))
    }
    this.#sealerKeys.register(sealer, own.key)
    return sealer
  }

  seal(binding: SealBinding, secret: Secret): Promise<Sealed> {
    return this.#sealBytes(binding, Buffer.from(secret.reveal()))
  }

  async open(binding: SealBinding, sealed: Sealed): Promise<Secret> {
    const plain = await this.#openBytes(binding, sealed)
    const secret = new Secret(plain.toString())
    plain.fill(0)
    return secret
  }

  async reseal(binding: SealBinding, sealed: Sealed): Promise<Sealed | undefined> {
    const newest = await this.#keys.useNewest(binding.tenantId, ({ version }) => version)
    if (versionIn(binding, sealed) >= newest) return undefined
    return this.#sealBytes(binding, await this.#openBytes(binding, sealed))
  }

  async #openBytes(binding: SealBinding, sealed: Sealed): Promise<Buffer> {
    const version = versionIn(binding, sealed)
    try {
      return await this.#keys.useVersion(binding.tenantId, version, ({ key }) =>
        openWith(key, binding, sealed),
      )
    } catch (error) {
      throw error instanceof UnknownKeyVersion ? secretUnreadable(binding, error) : error
    }
  }

  #sealBytes(binding: SealBinding, plain: Buffer): Promise<Sealed> {
    return this.#keys.useNewest(binding.tenantId, (key) => sealWith(key, binding, plain))
  }
}

function versionIn(binding: SealBinding, sealed: Sealed): number {
  try {
    return keyVersionOf(sealed)
  } catch (error) {
    throw secretUnreadable(binding, error)
  }
}

function openWith(key: Uint8Array, binding: SealBinding, sealed: Sealed): Buffer {
  try {
    return open(key, bindingData(binding), sealed)
  } catch (error) {
    throw secretUnreadable(binding, error)
  }
}

function sealWith({ version, key }: TenantKey, binding: SealBinding, plain: Buffer): Sealed {
  const sealed = seal(key, version, bindingData(binding), plain) as Sealed
  plain.fill(0)
  return sealed
}

function bindingData({ tenantId, record, generation, field }: SealBinding): Uint8Array {
  return additionalDataOf('secret', tenantId, record, generation, field)
}
