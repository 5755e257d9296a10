// What every implementation of the Vault has to do.
import { describe, expect, test } from 'vitest'
import { Secret } from '#domain/secret.ts'
import type { SealBinding, Sealed, Vault } from '#domain/vault/vault.ts'
import { newId } from './samples.ts'

const UNREADABLE = { code: 'secret_unreadable' }

function aBinding(change: Partial<SealBinding> = {}): SealBinding {
  return { tenantId: newId('tenant'), record: 'conn_1', generation: 1, field: 'access_token', ...change }
}

export function vaultContract(open: () => Vault): void {
  describe('a seal', () => {
    test.each(['token', '', 'ä€𝕏', 'x'.repeat(5000)])('opens to what was sealed (%#)', async (text) => {
      const binding = aBinding()
      const sealed = await open().seal(binding, new Secret(text))
      expect((await open().open(binding, sealed)).reveal()).toBe(text)
    })

    test('holds nothing in clear and differs each time', async () => {
      const binding = aBinding()
      const one = await open().seal(binding, new Secret('the token in clear'))
      const other = await open().seal(binding, new Secret('the token in clear'))
      expect(Buffer.from(one).includes('token')).toBe(false)
      expect(Buffer.from(one).equals(other)).toBe(false)
    })

    test.each<[string, Partial<SealBinding>]>([
      ['record', { record: 'conn_2' }],
      ['generation', { generation: 2 }],
      ['field', { field: 'refresh_token' }],
      ['record and generation run together', { record: 'conn_11', generation: 1 }],
    ])('does not open with another %s', async (_, change) => {
      const binding = aBinding()
      const sealed = await open().seal(binding, new Secret('x'))
      await expect(open().open({ ...binding, ...change }, sealed)).rejects.toMatchObject(UNREADABLE)
    })

    test('does not open for another tenant, which has seals of its own', async () => {
      const [one, other] = [aBinding(), aBinding()]
      const sealed = await open().seal(one, new Secret('x'))
      const foreign = await open().seal(other, new Secret('y'))
      await expect(open().open(other, sealed)).rejects.toMatchObject(UNREADABLE)
      await expect(open().open(one, foreign)).rejects.toMatchObject(UNREADABLE)
      expect((await open().open(other, foreign)).reveal()).toBe('y')
    })

    test('does not open when any byte of it was changed, cut off or added', async () => {
      const binding = aBinding()
      const sealed = await open().seal(binding, new Secret('a token'))
      for (let i = 0; i < sealed.length; i++) {
        const changed = Uint8Array.from(sealed)
        changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8))
        await expect(open().open(binding, changed as Sealed)).rejects.toMatchObject(UNREADABLE)
      }
      for (const changed of [sealed.subarray(0, -1), sealed.subarray(1), sealed.subarray(0, 0)]) {
        await expect(open().open(binding, changed as Sealed)).rejects.toMatchObject(UNREADABLE)
      }
      await expect(open().open(binding, Uint8Array.of(...sealed, 0) as Sealed)).rejects.toMatchObject(
        UNREADABLE,
      )
    })

    test('that does not open is named by its record, generation and field', async () => {
      const binding = aBinding()
      const sealed = await open().seal(binding, new Secret('x'))
      const refused = open().open({ ...binding, record: 'conn_7', generation: 3 }, sealed)
      await expect(refused).rejects.toThrow(
        /^The access_token of "conn_7", generation 3, cannot be decrypted/,
      )
    })

    test('that does not open does not show its content', async () => {
      const binding = aBinding()
      const sealed = await open().seal(binding, new Secret('the token in clear'))
      const refused = open().open({ ...binding, generation: 2 }, sealed)
      await expect(refused).rejects.not.toThrow(/token in clear/)
    })
  })

  describe('a sealer', () => {
    test('seals like the vault, with the key that it holds', async () => {
      const binding = aBinding()
      const sealer = await open().sealer(binding.tenantId)
      const sealed = sealer(binding, new Secret('x'))
      expect((await open().open(binding, sealed)).reveal()).toBe('x')
    })

    test('seals for its own tenant alone', async () => {
      const sealer = await open().sealer(newId('tenant'))
      expect(() => sealer(aBinding(), new Secret('x'))).toThrow()
    })
  })
}
