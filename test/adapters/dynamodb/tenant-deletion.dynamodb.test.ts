// Another process deletes a tenant, on DynamoDB and KMS, while an end user connects or a token is refreshed. No item of the tenant
// may be left in the table, and no token alive at ClickFunnels.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DUE_INDEX, shreddedKey, tenantKey } from '#adapters/dynamodb/schema.ts'
import { createApp } from '#domain/apps/manage-apps.ts'
import { shredTenant } from '#domain/keys/key-operations.ts'
import { deleteTenant } from '#domain/operator/tenant-deletion.ts'
import { Secret } from '#domain/secret.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import type { Services } from '#runtime/all-services.ts'
import { type Journey, openScene, type Scene } from '../../fakes/scene.ts'
import { type Backend, type Keys, openBackend, openKeys } from '../backend.ts'

let backend: Backend
let keys: Keys
beforeAll(async () => {
  keys = await openKeys()
})
afterAll(() => keys?.close())

let scene: Scene
/** The operator's process, which does not share the other one's memory. */
let operator: Services
beforeEach(async () => {
  backend = await openBackend()
  scene = await openScene({ ...backend.stores, ...keys.process(backend.table) })
  operator = { ...scene.services, ...keys.process(backend.table) }
  scene.services.clickfunnels.tokens.mode = 'rotating'
})
afterEach(() => backend.close())

async function deleted(): Promise<void> {
  const { tenantId } = scene.app
  await updateTenant(operator, tenantId, { status: 'suspended' })
  expect(await deleteTenant(operator, tenantId, true)).toMatchObject({ stage: 'deleted' })
}

/** Items of the tenant, but for its trail and for what expires by itself within the hour. */
async function left(): Promise<string[]> {
  const { tenantId } = scene.app
  const items = await backend.items()
  return items
    .filter(({ pk, ttl }) => String(pk).startsWith(tenantKey(tenantId).pk) && ttl === undefined)
    .map(({ sk }) => String(sk))
    .sort()
}

const MOMENTS: readonly [string, (services: Scene['services']) => void][] = [
  [
    'while ClickFunnels is asked for tokens',
    ({ clickfunnels }) =>
      clickfunnels.script('exchangeCode', async (work) => {
        const answer = await work()
        await deleted()
        return answer
      }),
  ],
  [
    'between the last look at the tenant and the write of the connection',
    ({ connections }) => {
      const create = connections.create.bind(connections)
      connections.create = async (...args) => {
        await deleted()
        return create(...args)
      }
      const replaceGrant = connections.replaceGrant.bind(connections)
      connections.replaceGrant = async (...args) => {
        await deleted()
        return replaceGrant(...args)
      }
    },
  ],
  [
    'between the write of the connection and its answer',
    ({ connections }) => {
      const create = connections.create.bind(connections)
      connections.create = async (...args) => {
        const isStored = await create(...args)
        await deleted()
        return isStored
      }
      const replaceGrant = connections.replaceGrant.bind(connections)
      connections.replaceGrant = async (...args) => {
        const isStored = await replaceGrant(...args)
        await deleted()
        return isStored
      }
    },
  ],
]

/** The end user is back and completes the session, and the deletion comes in between. */
async function meetDeletion(journey: Journey, deleteAt: (services: Scene['services']) => void) {
  const { services } = scene
  const { counts, tokens } = services.clickfunnels
  await scene.comeBack(journey)
  const { length: granted } = tokens.rows
  const exchanged = counts.exchangeCode
  deleteAt(services)
  await expect(scene.complete(journey)).rejects.toMatchObject({ code: expect.any(String) })
  expect(counts.exchangeCode).toBe(exchanged + 1)
  expect(tokens.rows).toHaveLength(granted + 1)
}

async function expectNothingLeft(): Promise<void> {
  const { tenantId } = scene.app
  expect(await left()).toEqual([tenantKey(tenantId).sk, shreddedKey(tenantId).sk])
  expect(await backend.items(DUE_INDEX.name)).toEqual([])
  expect(scene.services.clickfunnels.tokens.live()).toEqual([])
}

describe.each(MOMENTS)('a tenant that is deleted %s', (_, deleteAt) => {
  test('leaves its tombstones and nothing else, and no token lives', async () => {
    await meetDeletion(await scene.leave(), deleteAt)
    await expectNothingLeft()
  })

  test('leaves no more when its end user reconnects', async () => {
    const { id } = await scene.connect()
    await meetDeletion(await scene.leave({ connectionId: id }), deleteAt)
    await expectNothingLeft()
  })
})

test('a tenant that is deleted while a token is refreshed leaves nothing, and the new tokens do not live', async () => {
  const { services } = scene
  const connection = await scene.connect()
  services.clickfunnels.script('refresh', async (work) => {
    const answer = await work()
    await deleted()
    return answer
  })
  expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
  expect(services.clickfunnels.tokens.rows).toHaveLength(2)
  await expectNothingLeft()
})

test('recounting the connections of a tenant that was just deleted stores no count', async () => {
  await scene.connect()
  await deleted()
  expect(await scene.services.usage.recountConnections(scene.app.tenantId)).toBe(0)
  await expectNothingLeft()
})

test('no app is made after a shredding by a process that has the key in memory', async () => {
  const { services, app } = scene
  const input = { name: 'Second', clientId: 'client-2', clientSecret: new Secret('secret-2') }
  await createApp(services, app.tenantId, input)
  await updateTenant(operator, app.tenantId, { status: 'suspended' })
  await shredTenant(operator, app.tenantId)
  await expect(createApp(services, app.tenantId, input)).rejects.toMatchObject({ code: 'tenant_shredded' })
  expect(await services.apps.list(app.tenantId)).toHaveLength(2)
})
