// A vault that really seals and really binds: AES-256-GCM under one key a tenant, the binding as additional data.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { TenantId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import type { SealBinding, Sealed, Sealer, Vault } from '#domain/vault.ts'

const NONCE = 12
const TAG = 16

export class FakeVault implements Vault {
  readonly #keys = new Map<TenantId, Uint8Array>()

  async sealer(tenant: TenantId): Promise<Sealer> {
    const key = this.#keys.get(tenant) ?? randomBytes(32)
    this.#keys.set(tenant, key)
    return (binding, secret) => {
      if (binding.tenantId !== tenant) throw new Error('A sealer seals for its own tenant only')
      return sealed(key, binding, secret)
    }
  }

  async seal(binding: SealBinding, secret: Secret): Promise<Sealed> {
    return (await this.sealer(binding.tenantId))(binding, secret)
  }

  async open(binding: SealBinding, sealed: Sealed): Promise<Secret> {
    const key = this.#keys.get(binding.tenantId)
    if (key === undefined) throw new Error(`The tenant "${binding.tenantId}" has no key`)
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
    decipher.setAAD(dataOf(binding))
    decipher.setAuthTag(sealed.subarray(NONCE, NONCE + TAG))
    const plain = Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()])
    return new Secret(plain.toString())
  }

  /** Forgets a tenant's key: nothing of that tenant opens any more. */
  shred(tenant: TenantId): void {
    this.#keys.delete(tenant)
  }
}

function sealed(key: Uint8Array, binding: SealBinding, secret: Secret): Sealed {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(dataOf(binding))
  const body = Buffer.concat([cipher.update(secret.reveal()), cipher.final()])
  return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), body])) as Sealed
}

function dataOf({ tenantId, record, generation, field }: SealBinding): Uint8Array {
  return Buffer.from(JSON.stringify([tenantId, record, generation, field]))
}
