// What every implementation of ApiKeys has to do.
import { describe, expect, test } from 'vitest'
import type { ApiKey } from '#domain/callers/api-key.ts'
import { later } from '#domain/time.ts'
import { anApiKey, NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

export function apiKeysContract(open: OpenStores): void {
  describe('API keys', () => {
    test('are found by their hash, with their tenant and scopes', async () => {
      const { apiKeys } = open()
      const key = anApiKey(newId('tenant'), { scopes: ['proxy:read'], expiresAt: later(NOW, 60) })
      await apiKeys.create(key)
      const { id, tenantId, scopes, expiresAt } = key
      expect(await apiKeys.findByHash(key.hash)).toEqual({ id, tenantId, scopes, expiresAt })
      expect(await apiKeys.findByHash(anApiKey(tenantId).hash)).toBeUndefined()
    })

    test('are given back as they were created, to their own tenant', async () => {
      const { apiKeys } = open()
      const key = anApiKey(newId('tenant'))
      await apiKeys.create(key)
      expect(await apiKeys.get(key.tenantId, key.id)).toEqual(key)
      expect(await apiKeys.get(newId('tenant'), key.id)).toBeUndefined()
    })

    test('are listed by tenant, oldest first', async () => {
      const { apiKeys } = open()
      const tenant = newId('tenant')
      const all = [anApiKey(tenant), anApiKey(tenant)]
      for (const key of all.toReversed()) await apiKeys.create(key)
      await apiKeys.create(anApiKey(newId('tenant')))
      expect(await apiKeys.list(tenant)).toEqual(all)
    })

    test('that are removed are not found any more, once', async () => {
      const { apiKeys } = open()
      const key = anApiKey(newId('tenant'))
      await apiKeys.create(key)
      expect(await apiKeys.remove(newId('tenant'), key.id)).toBe(false)
      expect(await apiKeys.findByHash(key.hash)).toBeDefined()
      expect(await apiKeys.remove(key.tenantId, key.id)).toBe(true)
      expect(await apiKeys.findByHash(key.hash)).toBeUndefined()
      expect(await apiKeys.list(key.tenantId)).toEqual([])
      expect(await apiKeys.remove(key.tenantId, key.id)).toBe(false)
    })
  })

  describe('an API key that is succeeded', () => {
    const successorOf = (key: ApiKey) => anApiKey(key.tenantId, { scopes: key.scopes })

    test('ends when it was said to, wherever it is read; its successor is there', async () => {
      const { apiKeys } = open()
      const key = anApiKey(newId('tenant'))
      await apiKeys.create(key)
      const successor = successorOf(key)
      const endsAt = later(NOW, 3600)
      expect(await apiKeys.succeed(key, successor, endsAt)).toBe(true)
      expect(await apiKeys.findByHash(key.hash)).toMatchObject({ expiresAt: endsAt })
      const ended = { ...key, expiresAt: endsAt, successor: successor.id }
      expect(await apiKeys.list(key.tenantId)).toEqual([ended, successor])
      expect(await apiKeys.findByHash(successor.hash)).toMatchObject({ id: successor.id })
    })

    test('has one successor: of many at once, one wins and the others leave nothing behind', async () => {
      const { apiKeys } = open()
      const key = anApiKey(newId('tenant'))
      await apiKeys.create(key)
      const successors = [1, 2, 3].map(() => successorOf(key))
      const won = await Promise.all(
        successors.map((one) =>
          apiKeys.succeed(key, one, later(NOW, 60)).catch((error) => {
            // DynamoDB may call it a conflict of transactions, which is storage trouble and no verdict.
            if (error.code !== 'storage_unavailable') throw error
            return false
          }),
        ),
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await apiKeys.list(key.tenantId)).toHaveLength(2)
    })

    test('must not be gone', async () => {
      const { apiKeys } = open()
      const key = anApiKey(newId('tenant'))
      const successor = successorOf(key)
      expect(await apiKeys.succeed(key, successor, NOW)).toBe(false)
      expect(await apiKeys.findByHash(successor.hash)).toBeUndefined()
    })
  })

  describe("an API key's last use", () => {
    const hour = (number: number) => later(NOW, number * 3600)

    test('only moves on, and only that of the key', async () => {
      const { apiKeys } = open()
      const key = anApiKey(newId('tenant'))
      await apiKeys.create(key)
      const { tenantId, id, hash } = key
      const other = anApiKey(tenantId)
      await apiKeys.create(other)
      const used = async () => (await apiKeys.list(tenantId)).find((one) => one.id === id)?.lastUsedAt
      expect(await used()).toBeUndefined()
      const found = await apiKeys.findByHash(hash)
      expect(found).toMatchObject({ id })
      for (const number of [2, 1, 2]) expect(await apiKeys.findUsed(hash, hour(number))).toEqual(found)
      expect(await used()).toBe(hour(2))
      expect(await apiKeys.findUsed(hash, hour(3))).toEqual(found)
      expect(await apiKeys.findByHash(hash)).toEqual(found)
      expect(await apiKeys.list(tenantId)).toEqual([{ ...key, lastUsedAt: hour(3) }, other])
    })

    test('is given by the list alone', async () => {
      const { apiKeys } = open()
      const key = anApiKey(newId('tenant'))
      await apiKeys.create(key)
      await apiKeys.findUsed(key.hash, NOW)
      expect(await apiKeys.get(key.tenantId, key.id)).toEqual(key)
      expect(await apiKeys.list(key.tenantId)).toEqual([{ ...key, lastUsedAt: NOW }])
    })

    test('does not bring back a key that was removed', async () => {
      const { apiKeys } = open()
      const key = anApiKey(newId('tenant'))
      expect(await apiKeys.findUsed(key.hash, NOW)).toBeUndefined()
      expect(await apiKeys.findByHash(key.hash)).toBeUndefined()
      expect(await apiKeys.list(key.tenantId)).toEqual([])
    })
  })
}
