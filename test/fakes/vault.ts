// A vault that really seals: AES-256-GCM under the tenant's key of a version, with the binding as additional data. It keeps
// the keys itself.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { ServiceError } from '#domain/errors.ts'
import type { TenantId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import type { Clock, EpochSeconds } from '#domain/time.ts'
import type {
  KeyRing,
  RootKeys,
  RootKeyVersion,
  TenantKeys,
  TenantKeyVersion,
} from '#domain/vault/key-ring.ts'
import {
  type SealBinding,
  type Sealed,
  type Sealer,
  secretUnreadable,
  tenantShredded,
  type Vault,
} from '#domain/vault/vault.ts'

const VERSION = 4
const NONCE = 12
const TAG = 16
const HEADER = VERSION + NONCE + TAG

type FakeKey = TenantKeyVersion & { readonly key: Uint8Array }

export class FakeVault implements Vault, TenantKeys, RootKeys {
  /** KMS keys that refuse. */
  readonly disabledKmsKeys = new Set<string>()
  readonly #keys = new Map<TenantId, readonly FakeKey[]>()
  readonly #shredded = new Map<TenantId, EpochSeconds>()
  readonly #now: Clock
  #rootKey: RootKeyVersion

  constructor(now: Clock) {
    this.#now = now
    this.#rootKey = { version: 1, createdAt: now() }
  }

  async sealer(tenant: TenantId): Promise<Sealer> {
    const key = await this.#newest(tenant)
    return (binding, secret) => {
      if (binding.tenantId !== tenant) throw new Error('A sealer seals for its own tenant only')
      return sealed(key, binding, secret)
    }
  }

  async seal(binding: SealBinding, secret: Secret): Promise<Sealed> {
    return (await this.sealer(binding.tenantId))(binding, secret)
  }

  async open(binding: SealBinding, seal: Sealed): Promise<Secret> {
    if (this.#shredded.has(binding.tenantId)) throw tenantShredded()
    const known = this.#of(binding.tenantId).find(({ version }) => version === versionOf(seal))
    if (known === undefined || seal.length < HEADER) throw secretUnreadable(binding)
    this.#refuseDisabled(known)
    const nonce = seal.subarray(VERSION, VERSION + NONCE)
    const decipher = createDecipheriv('aes-256-gcm', known.key, nonce, { authTagLength: TAG })
    decipher.setAAD(dataOf(binding))
    decipher.setAuthTag(seal.subarray(VERSION + NONCE, HEADER))
    try {
      const plain = Buffer.concat([decipher.update(seal.subarray(HEADER)), decipher.final()])
      return new Secret(plain.toString())
    } catch (error) {
      throw secretUnreadable(binding, error)
    }
  }

  async reseal(binding: SealBinding, seal: Sealed): Promise<Sealed | undefined> {
    const { version } = await this.#newest(binding.tenantId)
    return versionOf(seal) < version ? this.seal(binding, await this.open(binding, seal)) : undefined
  }

  isShredded(tenant: TenantId): boolean {
    return this.#shredded.has(tenant)
  }

  async list(tenant: TenantId): Promise<KeyRing> {
    const shreddedAt = this.#shredded.get(tenant)
    return {
      versions: this.#of(tenant).map(({ key, ...version }) => version),
      ...(shreddedAt !== undefined && { shreddedAt }),
    }
  }

  async rotate(tenant?: TenantId, kmsKeyArn?: string): Promise<number> {
    if (tenant === undefined) {
      this.#rootKey = { version: this.#rootKey.version + 1, createdAt: this.#now() }
      return this.#rootKey.version
    }
    if (this.#shredded.has(tenant)) throw tenantShredded()
    const version = (this.#of(tenant).at(-1)?.version ?? 0) + 1
    const wrappedBy = kmsKeyArn
      ? ({ kind: 'kms_key', arn: kmsKeyArn } as const)
      : ({ kind: 'root_key', version: this.#rootKey.version } as const)
    const made = { version, createdAt: this.#now(), wrappedBy, key: randomBytes(32) }
    this.#refuseDisabled(made)
    this.#keys.set(tenant, [...this.#of(tenant), made])
    return version
  }

  async rewrap(tenant: TenantId, version: number): Promise<boolean> {
    const key = this.#of(tenant).find((one) => one.version === version)
    if (key?.wrappedBy.kind !== 'root_key') return false
    this.#change(tenant, version, { wrappedBy: { kind: 'root_key', version: this.#rootKey.version } })
    return true
  }

  async retire(tenant: TenantId, version: number): Promise<void> {
    const key = this.#of(tenant).find((one) => one.version === version)
    if (key?.retiredAt === undefined) this.#change(tenant, version, { retiredAt: this.#now() })
  }

  async remove(tenant: TenantId, version: number): Promise<void> {
    const stays = (key: FakeKey) => key.version !== version || key.retiredAt === undefined
    this.#keys.set(tenant, this.#of(tenant).filter(stays))
  }

  async shred(tenant: TenantId): Promise<void> {
    if (!this.#shredded.has(tenant)) this.#shredded.set(tenant, this.#now())
    this.#keys.delete(tenant)
  }

  async current(): Promise<RootKeyVersion> {
    return this.#rootKey
  }

  #of(tenant: TenantId): readonly FakeKey[] {
    return this.#keys.get(tenant) ?? []
  }

  async #newest(tenant: TenantId): Promise<FakeKey> {
    if (this.#shredded.has(tenant)) throw tenantShredded()
    const newest = this.#of(tenant).at(-1)
    if (newest !== undefined) {
      this.#refuseDisabled(newest)
      return newest
    }
    await this.rotate(tenant)
    return this.#newest(tenant)
  }

  #change(tenant: TenantId, version: number, change: Partial<FakeKey>): void {
    const changed = this.#of(tenant).map((key) => (key.version === version ? { ...key, ...change } : key))
    this.#keys.set(tenant, changed)
  }

  #refuseDisabled({ wrappedBy }: FakeKey): void {
    if (wrappedBy.kind !== 'kms_key' || !this.disabledKmsKeys.has(wrappedBy.arn)) return
    throw new ServiceError('kms_key_unavailable', `The KMS key ${wrappedBy.arn} cannot be used.`)
  }
}

function sealed({ version, key }: FakeKey, binding: SealBinding, secret: Secret): Sealed {
  const header = Buffer.alloc(VERSION)
  header.writeUInt32BE(version)
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(dataOf(binding))
  const body = Buffer.concat([cipher.update(secret.reveal()), cipher.final()])
  return new Uint8Array(Buffer.concat([header, nonce, cipher.getAuthTag(), body])) as Sealed
}

/** The version that a seal names. */
export function versionOf(seal: Sealed): number {
  return seal.length < VERSION ? 0 : new DataView(seal.buffer, seal.byteOffset).getUint32(0)
}

function dataOf({ tenantId, record, generation, field }: SealBinding): Uint8Array {
  return Buffer.from(JSON.stringify([tenantId, record, generation, field]))
}
