// The vault on KMS: its contract, and what KMS and the table see of it.
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb'
import { DecryptCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { rootKeyKey, tenantKeyKey } from '#adapters/dynamodb/schema.ts'
import { DynamoDbTenants } from '#adapters/dynamodb/tenants.ts'
import { ROOT_KEY_PURPOSE, TENANT_KEY_PURPOSE } from '#adapters/vault/purpose.ts'
import { ROOT_KEY_COUNT } from '#adapters/vault/root-keys.ts'
import { WRAPPED_KEY_SECONDS } from '#adapters/vault/wrapped-keys.ts'
import type { TenantId } from '#domain/ids.ts'
import { Secret } from '#domain/secret.ts'
import type { SealBinding, Sealed } from '#domain/vault/vault.ts'
import { newId } from '../../contracts/samples.ts'
import { tenantKeysContract } from '../../contracts/tenant-keys.ts'
import { vaultContract } from '../../contracts/vault.ts'
import { type Backend, type KeyProcess, type Keys, openBackend, openKeys, TABLE } from '../backend.ts'

const secret = new Secret('the token in clear')
const bindingOf = (tenantId: TenantId): SealBinding => {
  return { tenantId, record: 'conn_1', generation: 1, field: 'access_token' }
}
const calls = (keys: Keys) => Object.values(keys.calls()).reduce((sum, n) => sum + n, 0)

let shared: { backend: Backend; keys: Keys; process: KeyProcess }
beforeAll(async () => {
  const [backend, keys] = await Promise.all([openBackend(), openKeys()])
  shared = { backend, keys, process: keys.process(backend.table) }
})
afterAll(() => Promise.all([shared.backend.close(), shared.keys.close()]))

describe('the KMS vault', () => {
  vaultContract(() => shared.process.vault)
  tenantKeysContract(
    () => shared.process,
    () => shared.keys.ownArn,
  )
})

describe('the keys', () => {
  let backend: Backend
  let keys: Keys
  beforeEach(async () => {
    ;[backend, keys] = await Promise.all([openBackend(), openKeys()])
  })
  afterEach(() => Promise.all([backend.close(), keys.close()]))

  test('of many tenants need few KMS calls, and none a seal', async () => {
    const vault = keys.vault(backend.table)
    const tenants = Array.from({ length: 100 }, () => newId('tenant'))
    for (const tenant of tenants) {
      const sealed = await vault.seal(bindingOf(tenant), secret)
      await vault.open(bindingOf(tenant), sealed)
    }
    expect(calls(keys)).toBeLessThanOrEqual(ROOT_KEY_COUNT)
    const before = calls(keys)
    for (const tenant of tenants) await vault.seal(bindingOf(tenant), secret)
    expect(calls(keys)).toBe(before)
    const anotherProcess = keys.vault(backend.table)
    for (const tenant of tenants) await anotherProcess.seal(bindingOf(tenant), secret)
    expect(calls(keys) - before).toBeLessThanOrEqual(ROOT_KEY_COUNT)
  })

  test('made by several processes at once are one and the same', async () => {
    const tenant = newId('tenant')
    const processes = Array.from({ length: 6 }, () => keys.vault(backend.table))
    const sealed = await Promise.all(processes.map((vault) => vault.seal(bindingOf(tenant), secret)))
    const reader = keys.vault(backend.table)
    for (const one of sealed) {
      expect((await reader.open(bindingOf(tenant), one)).reveal()).toBe(secret.reveal())
    }
    const kinds = (await backend.items()).map(({ sk }) => String(sk).split('#')[0]).sort()
    expect(kinds).toEqual(['root-key', 'root-key-version', 'tenant-key'])
  })

  test('are asked for once by many callers of one process', async () => {
    const vault = keys.vault(backend.table)
    const tenant = newId('tenant')
    await Promise.all(Array.from({ length: 10 }, () => vault.seal(bindingOf(tenant), secret)))
    expect(keys.calls()).toEqual({ GenerateDataKey: 1 })
  })

  test('that came along with their tenant are not read again, and those made since are', async () => {
    const tenant = newId('tenant')
    const elsewhere = keys.process(backend.table)
    const old = await elsewhere.vault.seal(bindingOf(tenant), secret)
    const { vault, tenantKeys } = keys.process(backend.table)
    const tenants = new DynamoDbTenants(backend.table, (id, items) => tenantKeys.keepWrapped(id, items))
    await tenants.get(tenant)
    await elsewhere.tenantKeys.rotate(tenant)
    const anew = await keys.vault(backend.table).seal(bindingOf(tenant), secret)
    await backend.client.send(
      new DeleteItemCommand({ TableName: TABLE, Key: marshall(tenantKeyKey(tenant, 1)) }),
    )
    expect((await vault.open(bindingOf(tenant), old)).reveal()).toBe(secret.reveal())
    expect((await vault.open(bindingOf(tenant), anew)).reveal()).toBe(secret.reveal())
  })

  test('that came along with their tenant are forgotten within seconds, and when the tenant is shredded', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const { vault, tenantKeys } = keys.process(backend.table)
      const tenants = new DynamoDbTenants(backend.table, (id, items) => tenantKeys.keepWrapped(id, items))
      const [late, shredded] = [newId('tenant'), newId('tenant')]
      const sealed = await Promise.all(
        [late, shredded].map((tenant) => keys.vault(backend.table).seal(bindingOf(tenant), secret)),
      )
      await tenants.get(shredded)
      await tenantKeys.shred(shredded)
      await expect(vault.open(bindingOf(shredded), sealed[1] as Sealed)).rejects.toMatchObject({
        code: 'tenant_shredded',
      })
      await tenants.get(late)
      await keys.process(backend.table).tenantKeys.shred(late)
      vi.advanceTimersByTime(WRAPPED_KEY_SECONDS * 1000)
      await expect(vault.open(bindingOf(late), sealed[0] as Sealed)).rejects.toMatchObject({
        code: 'tenant_shredded',
      })
    } finally {
      vi.useRealTimers()
    }
  })

  test('of the root are read by priming, one of them is opened, and none made', async () => {
    await keys.process(backend.table).rootKeys.prime()
    expect(calls(keys)).toBe(0)
    expect(await backend.items()).toEqual([])
    const tenants = Array.from({ length: 30 }, () => newId('tenant'))
    const sealed = await Promise.all(
      tenants.map((tenant) => keys.vault(backend.table).seal(bindingOf(tenant), secret)),
    )
    const { rootKeys, vault } = keys.process(backend.table)
    const before = keys.calls().Decrypt ?? 0
    await rootKeys.prime()
    expect(keys.calls().Decrypt).toBe(before + 1)
    const rootKeyItems = (await backend.items()).filter(({ sk }) => String(sk).startsWith('root-key#'))
    for (const { pk, sk } of rootKeyItems) {
      await backend.client.send(new DeleteItemCommand({ TableName: TABLE, Key: marshall({ pk, sk }) }))
    }
    for (const [i, tenant] of tenants.entries()) {
      expect((await vault.open(bindingOf(tenant), sealed[i] as Sealed)).reveal()).toBe(secret.reveal())
    }
    expect(keys.calls().Decrypt).toBe(before + rootKeyItems.length)
  })

  test('stay usable in a warm process while KMS refuses, and come back when it does', async () => {
    const vault = keys.vault(backend.table)
    const tenant = newId('tenant')
    const sealed = await vault.seal(bindingOf(tenant), secret)
    await vault.open(bindingOf(tenant), sealed)
    await keys.client.send(new DisableKeyCommand({ KeyId: keys.arn }))
    expect((await vault.open(bindingOf(tenant), sealed)).reveal()).toBe(secret.reveal())
    const cold = keys.vault(backend.table)
    await expect(cold.open(bindingOf(tenant), sealed)).rejects.toMatchObject({ name: 'DisabledException' })
    await keys.client.send(new EnableKeyCommand({ KeyId: keys.arn }))
    expect((await cold.open(bindingOf(tenant), sealed)).reveal()).toBe(secret.reveal())
  })

  test('lie in the table wrapped, each root key bound to its purpose and number', async () => {
    const tenant = newId('tenant')
    await keys.vault(backend.table).seal(bindingOf(tenant), secret)
    const number = Number((await backend.item(tenantKeyKey(tenant, 1)))?.rootKeyNumber)
    const root = await backend.item(rootKeyKey(1, number))
    const decrypt = (rootKey: string) =>
      keys.client.send(
        new DecryptCommand({
          CiphertextBlob: root?.wrapped as Uint8Array,
          EncryptionContext: { purpose: ROOT_KEY_PURPOSE, root_key: rootKey },
        }),
      )
    const { Plaintext = new Uint8Array() } = await decrypt(`1/${number}`)
    expect(Plaintext).toHaveLength(32)
    await expect(decrypt(`1/${number + 1}`)).rejects.toThrow()
    for (const item of (await backend.items()).filter(({ wrapped }) => wrapped !== undefined)) {
      expect(Buffer.from(item.wrapped as Uint8Array).includes(Buffer.from(Plaintext ?? []))).toBe(false)
    }
  })

  test('of a tenant with a KMS key of its own are bound to their purpose and to the tenant', async () => {
    const tenant = newId('tenant')
    await keys.process(backend.table).tenantKeys.rotate(tenant, keys.ownArn)
    const item = await backend.item(tenantKeyKey(tenant, 1))
    const decrypt = (EncryptionContext: Record<string, string>) =>
      keys.client.send(new DecryptCommand({ CiphertextBlob: item?.wrapped as Uint8Array, EncryptionContext }))
    const { Plaintext } = await decrypt({ purpose: TENANT_KEY_PURPOSE, tenant })
    expect(Plaintext).toHaveLength(32)
    await expect(decrypt({ purpose: ROOT_KEY_PURPOSE, tenant })).rejects.toThrow()
    await expect(decrypt({ purpose: TENANT_KEY_PURPOSE, tenant: newId('tenant') })).rejects.toThrow()
  })

  /** Seals for two tenants whose keys lie under the same root key, then swaps what the table holds of them. */
  test("of one tenant do not open in another's place, though their root key is the same", async () => {
    const vault = keys.vault(backend.table)
    const byRoot = new Map<unknown, TenantId>()
    let pair: readonly [TenantId, TenantId] | undefined
    while (pair === undefined) {
      const tenant = newId('tenant')
      await vault.seal(bindingOf(tenant), secret)
      const root = (await backend.item(tenantKeyKey(tenant, 1)))?.rootKeyNumber
      const other = byRoot.get(root)
      if (other === undefined) byRoot.set(root, tenant)
      else pair = [tenant, other]
    }
    const [one, other] = pair
    const sealed = await vault.seal(bindingOf(one), secret)
    const item = await backend.item(tenantKeyKey(other, 1))
    await backend.table.put({ ...item, ...tenantKeyKey(one, 1) })
    const refused = keys.vault(backend.table).open(bindingOf(one), sealed)
    await expect(refused).rejects.toMatchObject({ code: 'secret_unreadable' })
  })

  test('of another number or version are not taken for a root key', async () => {
    const vault = keys.vault(backend.table)
    const tenant = newId('tenant')
    const sealed = await vault.seal(bindingOf(tenant), secret)
    const number = Number((await backend.item(tenantKeyKey(tenant, 1)))?.rootKeyNumber)
    const item = await backend.item(rootKeyKey(1, number))
    const moved = (number + 1) % ROOT_KEY_COUNT
    await backend.table.put({ ...item, ...rootKeyKey(1, moved) })
    const tenantKey = await backend.item(tenantKeyKey(tenant, 1))
    await backend.table.put({ ...tenantKey, rootKeyNumber: moved, ...tenantKeyKey(tenant, 1) })
    const refused = keys.vault(backend.table).open(bindingOf(tenant), sealed)
    await expect(refused).rejects.toMatchObject({
      code: 'secret_unreadable',
      message: `Root key 1/${moved} cannot be decrypted. It was changed or moved.`,
    })
  })
})
