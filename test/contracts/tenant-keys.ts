// What every implementation of TenantKeys and RootKeys has to do, and what a vault on them does when keys change.
import { describe, expect, test } from 'vitest'
import type { TenantId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import type { RootKeys, TenantKeys } from '#domain/vault/key-ring.ts'
import type { SealBinding, Vault } from '#domain/vault/vault.ts'
import { newId } from './samples.ts'

/** The keys of one process. */
export interface KeyPorts {
  readonly vault: Vault
  readonly tenantKeys: TenantKeys
  readonly rootKeys: RootKeys
}

const secret = new Secret('a token')
const bindingOf = (tenantId: TenantId): SealBinding => {
  return { tenantId, record: 'conn_1', generation: 1, field: 'access_token' }
}
const versions = async ({ tenantKeys }: KeyPorts, tenant: TenantId) =>
  (await tenantKeys.list(tenant)).versions.map(({ version }) => version)

/** @param ownKmsKey the ARN of a KMS key that is not ours */
export function tenantKeysContract(open: () => KeyPorts, ownKmsKey: () => string): void {
  async function sealedFor(tenant: TenantId) {
    const keys = open()
    return { ...keys, binding: bindingOf(tenant), old: await keys.vault.seal(bindingOf(tenant), secret) }
  }

  describe("a tenant's key", () => {
    test('is there once something was sealed, wrapped by the root keys', async () => {
      const tenant = newId('tenant')
      const { tenantKeys, rootKeys } = await sealedFor(tenant)
      const { version } = await rootKeys.current()
      expect(await tenantKeys.list(tenant)).toEqual({
        versions: [{ version: 1, createdAt: expect.any(Number), wrappedBy: { kind: 'root_key', version } }],
      })
      expect(await tenantKeys.list(newId('tenant'))).toEqual({ versions: [] })
    })

    test('seals no more when it is rotated, and still opens', async () => {
      const tenant = newId('tenant')
      const { vault, tenantKeys, binding, old } = await sealedFor(tenant)
      expect(await vault.reseal(binding, old)).toBeUndefined()
      expect(await tenantKeys.rotate(tenant)).toBe(2)
      expect((await vault.open(binding, old)).reveal()).toBe('a token')
      const resealed = await vault.reseal(binding, old)
      expect(resealed).toBeDefined()
      if (resealed === undefined) return
      expect((await vault.open(binding, resealed)).reveal()).toBe('a token')
      expect(await vault.reseal(binding, resealed)).toBeUndefined()
      expect(await vault.reseal(binding, await vault.seal(binding, secret))).toBeUndefined()
      await expect(vault.reseal({ ...binding, generation: 2 }, old)).rejects.toMatchObject({
        code: 'secret_unreadable',
      })
    })

    test('rotated by many at once gives each a version that was made after it was asked', async () => {
      const tenant = newId('tenant')
      const keys = open()
      expect(await keys.tenantKeys.rotate(tenant)).toBe(1)
      const made = await Promise.all(Array.from({ length: 12 }, () => keys.tenantKeys.rotate(tenant)))
      const kept = await versions(keys, tenant)
      expect(kept.length).toBeGreaterThan(1)
      expect(made.every((version) => version > 1 && kept.includes(version))).toBe(true)
    })

    test('is deleted only when it was retired, and then what it sealed does not open', async () => {
      const tenant = newId('tenant')
      const keys = await sealedFor(tenant)
      const { vault, tenantKeys, binding, old } = keys
      await tenantKeys.rotate(tenant)
      await tenantKeys.remove(tenant, 1)
      expect(await versions(keys, tenant)).toEqual([1, 2])
      await tenantKeys.retire(tenant, 1)
      const [retired] = (await tenantKeys.list(tenant)).versions
      expect(retired?.retiredAt).toEqual(expect.any(Number))
      expect((await vault.open(binding, old)).reveal()).toBe('a token')
      await tenantKeys.remove(tenant, 1)
      expect(await versions(keys, tenant)).toEqual([2])
      await expect(vault.open(binding, old)).rejects.toMatchObject({ code: 'secret_unreadable' })
      await tenantKeys.retire(tenant, 7)
      expect(await versions(keys, tenant)).toEqual([2])
    })

    test('is wrapped again after the root keys were rotated, and is still the same key', async () => {
      const tenant = newId('tenant')
      const { vault, tenantKeys, rootKeys, binding, old } = await sealedFor(tenant)
      const next = await rootKeys.rotate()
      expect(await rootKeys.current()).toEqual({ version: next, createdAt: expect.any(Number) })
      expect(await tenantKeys.rewrap(tenant, 1)).toBe(true)
      const [only] = (await tenantKeys.list(tenant)).versions
      expect(only?.wrappedBy).toEqual({ kind: 'root_key', version: next })
      expect((await vault.open(binding, old)).reveal()).toBe('a token')
      expect(await tenantKeys.rewrap(tenant, 9)).toBe(false)
    })

    test("is wrapped by the tenant's own KMS key where there is one, and never by a root key then", async () => {
      const tenant = newId('tenant')
      const { vault, tenantKeys, binding, old } = await sealedFor(tenant)
      await tenantKeys.rotate(tenant, ownKmsKey())
      const { versions } = await tenantKeys.list(tenant)
      expect(versions.at(-1)?.wrappedBy).toEqual({ kind: 'kms_key', arn: ownKmsKey() })
      expect(await tenantKeys.rewrap(tenant, 2)).toBe(false)
      const resealed = await vault.seal(binding, secret)
      for (const seal of [old, resealed]) expect((await vault.open(binding, seal)).reveal()).toBe('a token')
    })
  })

  describe('a tenant that is shredded', () => {
    test('has no key any more and gets none: nothing opens, nothing is sealed, and the error says so', async () => {
      const tenant = newId('tenant')
      const { vault, tenantKeys, binding, old } = await sealedFor(tenant)
      await tenantKeys.rotate(tenant)
      await vault.seal(binding, secret)
      await tenantKeys.shred(tenant)
      const ring = { versions: [], shreddedAt: expect.any(Number) }
      expect(await tenantKeys.list(tenant)).toEqual(ring)
      const refused = { code: 'tenant_shredded' }
      await expect(vault.open(binding, old)).rejects.toMatchObject(refused)
      await expect(vault.seal(binding, secret)).rejects.toMatchObject(refused)
      await expect(vault.sealer(tenant)).rejects.toMatchObject(refused)
      await expect(vault.reseal(binding, old)).rejects.toMatchObject(refused)
      await expect(tenantKeys.rotate(tenant)).rejects.toMatchObject(refused)
      await tenantKeys.shred(tenant)
      expect(await tenantKeys.list(tenant)).toEqual(ring)
    })

    test('before anything was sealed gets no key either', async () => {
      const tenant = newId('tenant')
      await open().tenantKeys.shred(tenant)
      await expect(open().vault.seal(bindingOf(tenant), secret)).rejects.toMatchObject({
        code: 'tenant_shredded',
      })
    })
  })
}
