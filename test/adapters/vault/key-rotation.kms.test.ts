// Keys that change under a service at work, on DynamoDB and KMS: no call fails, and afterwards nothing names an old key.
import { randomUUID } from 'node:crypto'
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { shreddedKey, tenantKeyKey } from '#adapters/dynamodb/schema.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { keyVersionOf } from '#adapters/vault/seal.ts'
import type { TenantId } from '#domain/ids.ts'
import { rotateKeys, SETTLING_SECONDS } from '#domain/keys/key-rotation.ts'
import { Secret } from '#domain/secret.ts'
import { type Clock, later } from '#domain/time.ts'
import { usableToken } from '#domain/tokens/fresh-token.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { KEY_CACHE_SECONDS } from '#domain/vault/key-ring.ts'
import { NOW, newId, refOf } from '../../contracts/samples.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import { versionsNamed } from '../../support/sealed-versions.ts'
import { type Backend, type KeyProcess, type Keys, openBackend, openKeys, TABLE } from '../backend.ts'

let backend: Backend
let keys: Keys
beforeEach(async () => {
  ;[backend, keys] = await Promise.all([openBackend(), openKeys()])
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all([backend.close(), keys.close()])
})

const secret = new Secret('a token')
const bindingOf = (tenantId: ReturnType<typeof newId<'tenant'>>) =>
  ({ tenantId, record: 'conn_1', generation: 1, field: 'access_token' }) as const

/** A service at work, and a second process that looks after the keys. */
async function atWork(connections: number) {
  let clock: Clock = () => NOW
  const now = () => clock()
  const [worker, keeper] = [keys.process(backend.table, now), keys.process(backend.table, now)]
  const scene = await openScene({ ...backend.stores, ...worker })
  clock = scene.services.now
  scene.services.clickfunnels.tokens.mode = 'strict'
  const all = await scene.connectMany(connections)
  const passTime = (seconds: number) => {
    scene.services.clock.advance(seconds)
    vi.advanceTimersByTime(seconds * 1000)
  }
  const pass = () => rotateKeys({ ...scene.services, ...keeper }, () => true)
  return { scene, keeper, connections: all, passTime, pass }
}

/** Every connection is refreshed once, and read all the while. */
function calls(
  { services, stored }: Pick<Scene, 'services'> & { stored: Scene['stored'] },
  all: readonly Parameters<Scene['stored']>[0][],
) {
  return all.flatMap((connection) => [
    usableToken(services, refOf(connection)),
    stored(connection).then((current) => refreshConnection(services, current)),
  ])
}

async function namedInTable(): Promise<number[]> {
  const holders = (await backend.items()).filter(({ sk }) => /^(app|conn|rev)/.test(String(sk)))
  return versionsNamed(holders, keyVersionOf)
}

async function rootVersionsNamed(): Promise<unknown[]> {
  const tenantKeys = (await backend.items()).filter(({ sk }) => String(sk).startsWith('tenant-key#'))
  return [...new Set(tenantKeys.map(({ rootKeyVersion }) => rootKeyVersion))]
}

describe('rotating keys during 50 concurrent reads and refreshes', () => {
  test('fails no call, and after the background pass nothing names an old version', async () => {
    const { scene, keeper, connections, passTime, pass } = await atWork(25)
    const port = { services: scene.services, stored: scene.stored.bind(scene) }
    const outcomes = new Set<string>()
    const work = async (meanwhile: () => Promise<unknown>) => {
      const under = calls(port, connections)
      expect(under).toHaveLength(50)
      const [results] = await Promise.all([Promise.all(under), meanwhile()])
      for (const result of results) if ('outcome' in result) outcomes.add(result.outcome)
    }
    const tenant = scene.caller.tenant.id
    await work(() => keeper.tenantKeys.rotate(tenant))
    await work(() => keeper.rootKeys.rotate())
    await work(pass)
    expect(await rootVersionsNamed()).toEqual([2])
    // The worker had its keys in memory: it may go on with the old one for that long.
    passTime(KEY_CACHE_SECONDS)
    await work(pass)
    passTime(SETTLING_SECONDS)
    await work(pass)
    await pass()
    expect(outcomes).toEqual(new Set(['refreshed']))
    expect(await namedInTable()).toEqual([2])
    expect(await pass()).toMatchObject({ resealed: 0, failed: 0, unreadable: 0 })
    for (const connection of connections) {
      // What is stored, not what the process remembers of a moment ago.
      scene.services.tokenMemory.forget(refOf(connection))
      const { accessToken } = await usableToken(scene.services, refOf(connection))
      const alive = scene.services.clickfunnels.tokens.live().map((row) => row.accessToken)
      expect(alive).toContain(accessToken.reveal())
    }
  })

  test('leaves one live access token for each connection', async () => {
    const { scene, keeper, connections, pass } = await atWork(5)
    const port = { services: scene.services, stored: scene.stored.bind(scene) }
    await Promise.all([...calls(port, connections), keeper.tenantKeys.rotate(scene.caller.tenant.id), pass()])
    expect(scene.services.clickfunnels.tokens.live()).toHaveLength(connections.length)
  })
})

describe('shredding a tenant', () => {
  test('makes its rows unreadable at once where it was done, and elsewhere when the caches run out', async () => {
    const [here, there] = [keys.process(backend.table), keys.process(backend.table)]
    const [tenant, other] = [newId('tenant'), newId('tenant')]
    const sealed = await here.vault.seal(bindingOf(tenant), secret)
    const foreign = await here.vault.seal(bindingOf(other), secret)
    const sealer = await there.vault.sealer(tenant)
    await there.vault.open(bindingOf(tenant), sealed)
    await here.tenantKeys.shred(tenant)
    const open = ({ vault }: KeyProcess) => vault.open(bindingOf(tenant), sealed)
    await expect(open(here)).rejects.toMatchObject({ code: 'tenant_shredded' })
    expect((await open(there)).reveal()).toBe('a token')
    vi.advanceTimersByTime(KEY_CACHE_SECONDS * 1000)
    await expect(open(there)).rejects.toMatchObject({ code: 'tenant_shredded' })
    const late = sealer(bindingOf(tenant), secret)
    await expect(there.vault.open(bindingOf(tenant), late)).rejects.toMatchObject({ code: 'tenant_shredded' })
    expect((await there.vault.open(bindingOf(other), foreign)).reveal()).toBe('a token')
    const kinds = (await backend.items()).map(({ pk, sk }) => `${pk}/${sk}`)
    expect(kinds.filter((key) => key.includes(tenant))).toEqual([
      `${shreddedKey(tenant).pk}/tenant-key#shredded`,
    ])
  })

  test('wins over a key that is being made at that moment', async () => {
    const tenant = newId('tenant')
    const processes = Array.from({ length: 5 }, () => keys.process(backend.table))
    const sealing = Promise.allSettled(processes.map(({ vault }) => vault.seal(bindingOf(tenant), secret)))
    await keys.process(backend.table).tenantKeys.shred(tenant)
    await sealing
    const { versions, shreddedAt } = await keys.process(backend.table).tenantKeys.list(tenant)
    expect(shreddedAt).toBe(NOW)
    const after = keys.process(backend.table).vault.seal(bindingOf(tenant), secret)
    await expect(after).rejects.toMatchObject({ code: 'tenant_shredded' })
    expect(versions).toEqual([])
  })

  test.each<[string, (late: KeyProcess, tenant: TenantId) => Promise<unknown>]>([
    ['first', ({ vault }, tenant) => vault.seal(bindingOf(tenant), secret)],
    ['next', ({ tenantKeys }, tenant) => tenantKeys.rotate(tenant)],
  ])('between the making of its %s key and the write of it leaves no key', async (which, make) => {
    const tenant = newId('tenant')
    const { vault, tenantKeys } = keys.process(backend.table)
    if (which === 'next') await vault.seal(bindingOf(tenant), secret)
    class LateTable extends Table {
      override async put(...args: Parameters<Table['put']>) {
        await tenantKeys.shred(tenant)
        return super.put(...args)
      }
      override async transact(...args: Parameters<Table['transact']>) {
        await tenantKeys.shred(tenant)
        return super.transact(...args)
      }
    }
    const late = keys.process(new LateTable(backend.client, TABLE))
    await expect(make(late, tenant)).rejects.toMatchObject({ code: 'tenant_shredded' })
    expect(await tenantKeys.list(tenant)).toEqual({ versions: [], shreddedAt: NOW })
  })

  test('that was cut off is done to its end by the background pass', async () => {
    const { scene, keeper, pass } = await atWork(1)
    const tenant = scene.caller.tenant.id
    await backend.table.put({ ...shreddedKey(tenant), shreddedAt: NOW })
    expect((await keeper.tenantKeys.list(tenant)).versions).toHaveLength(1)
    expect(await pass()).toMatchObject({ failed: 0 })
    expect((await keeper.tenantKeys.list(tenant)).versions).toEqual([])
  })
})

describe("a tenant's own KMS key", () => {
  test('when it is disabled is named by a clear error, and nothing is lost', async () => {
    const tenant = newId('tenant')
    const { tenantKeys, vault } = keys.process(backend.table)
    await tenantKeys.rotate(tenant, keys.ownArn)
    const sealed = await vault.seal(bindingOf(tenant), secret)
    await keys.client.send(new DisableKeyCommand({ KeyId: keys.ownArn }))
    const cold = keys.process(backend.table)
    const refused = { code: 'kms_key_unavailable', message: expect.stringContaining('DisabledException') }
    await expect(cold.vault.open(bindingOf(tenant), sealed)).rejects.toMatchObject(refused)
    await expect(cold.vault.seal(bindingOf(tenant), secret)).rejects.toMatchObject(refused)
    await expect(cold.tenantKeys.rotate(tenant, keys.ownArn)).rejects.toMatchObject(refused)
    expect((await cold.tenantKeys.list(tenant)).versions).toHaveLength(1)
    await keys.client.send(new EnableKeyCommand({ KeyId: keys.ownArn }))
    expect((await cold.vault.open(bindingOf(tenant), sealed)).reveal()).toBe('a token')
  })

  test('wraps for that tenant alone: the row does not unwrap in the place of another', async () => {
    const [one, other] = [newId('tenant'), newId('tenant')]
    const { tenantKeys, vault } = keys.process(backend.table)
    for (const tenant of [one, other]) await tenantKeys.rotate(tenant, keys.ownArn)
    const sealed = await vault.seal(bindingOf(one), secret)
    const item = await backend.item(tenantKeyKey(other, 1))
    await backend.table.put({ ...item, ...tenantKeyKey(one, 1) })
    const refused = keys.process(backend.table).vault.open(bindingOf(one), sealed)
    await expect(refused).rejects.toMatchObject({ code: 'secret_unreadable' })
  })

  test('that does not exist is refused', async () => {
    const { tenantKeys } = keys.process(backend.table)
    const unknown = keys.ownArn.replace(/[^/]+$/, randomUUID())
    await expect(tenantKeys.rotate(newId('tenant'), unknown)).rejects.toMatchObject({
      code: 'kms_key_unavailable',
    })
  })
})

test('a sealer in hand seals with its key, whatever becomes of the caches meanwhile', async () => {
  const tenant = newId('tenant')
  const { vault, tenantKeys } = keys.process(backend.table)
  const sealer = await vault.sealer(tenant)
  await tenantKeys.rotate(tenant)
  vi.advanceTimersByTime(2 * KEY_CACHE_SECONDS * 1000)
  await vault.seal(bindingOf(newId('tenant')), secret)
  const sealed = sealer(bindingOf(tenant), secret)
  expect(keyVersionOf(sealed)).toBe(1)
  expect((await vault.open(bindingOf(tenant), sealed)).reveal()).toBe('a token')
})

test('opening for many tenants, many times, asks KMS as often as there are root keys', async () => {
  const process = keys.process(backend.table, () => later(NOW, 1))
  const tenants = Array.from({ length: 40 }, () => newId('tenant'))
  const seals = await Promise.all(tenants.map((tenant) => process.vault.seal(bindingOf(tenant), secret)))
  const before = keys.calls().Decrypt ?? 0
  const reader = keys.process(backend.table)
  for (let round = 0; round < 25; round++) {
    await Promise.all(tenants.map((tenant, i) => reader.vault.open(bindingOf(tenant), seals[i] as never)))
  }
  const decrypted = (keys.calls().Decrypt ?? 0) - before
  expect(decrypted).toBeGreaterThan(0)
  expect(decrypted).toBeLessThanOrEqual(16)
})
