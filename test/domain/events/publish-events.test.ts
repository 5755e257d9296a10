// The publisher: what waits comes into the log, and one tenant's trouble is not another's.
import { expect, test } from 'vitest'
import { readLog } from '#domain/events/list-events.ts'
import { publishEvents, sweepOutbox } from '#domain/events/publish-events.ts'
import { aConnection, anEndpoint } from '../../contracts/samples.ts'
import { openScene, sceneOn } from '../../fakes/scene.ts'

const always = () => true
const all = { filter: {}, limit: 100, after: 0 }

test('a sweep publishes for every tenant, also behind one that fails, and then fails', async () => {
  const scene = await openScene()
  const other = await sceneOn(scene.services)
  await scene.connect()
  await other.connect()
  const { services } = scene
  const publish = services.outbox.publish.bind(services.outbox)
  const outbox = Object.assign(Object.create(services.outbox), {
    overdue: services.outbox.overdue.bind(services.outbox),
    waiting: services.outbox.waiting.bind(services.outbox),
    publish: async (...args: Parameters<typeof publish>) => {
      if (args[0] === scene.app.tenantId) throw new Error('the store is down')
      return publish(...args)
    },
  })
  services.clock.advance(61)
  await expect(sweepOutbox({ ...services, outbox }, always)).rejects.toThrow('1 of 2 tenants')
  expect((await readLog(services, scene.app.tenantId, all)).events).toEqual([])
  expect((await readLog(services, other.app.tenantId, all)).events).toHaveLength(1)
  expect(await sweepOutbox(services, always)).toEqual({ tenants: 1, published: 1 })
  expect((await readLog(services, scene.app.tenantId, all)).events).toHaveLength(1)
})

test('events that can never be moved end the attempt', async () => {
  const scene = await openScene()
  const { services, app } = scene
  await scene.connect()
  const outbox = Object.assign(Object.create(services.outbox), {
    waiting: services.outbox.waiting.bind(services.outbox),
    publish: async () => false,
  })
  await expect(publishEvents({ ...services, outbox }, app.tenantId)).rejects.toThrow('cannot be moved')
})

test('events expire by their own time, whether they are still stored or not', async () => {
  const scene = await openScene()
  const { services, app } = scene
  await scene.connect()
  await publishEvents(services, app.tenantId)
  services.clock.advance(90 * 24 * 3600 - 1)
  expect((await readLog(services, app.tenantId, all)).events).toHaveLength(1)
  services.clock.advance(1)
  expect(await readLog(services, app.tenantId, all)).toEqual({ events: [], next: 1 })
})

test('a transaction has at most 100 parts, however many endpoints are told, and every endpoint is told once', async () => {
  const { services, app } = await openScene()
  const tenant = app.tenantId
  for (let i = 0; i < 10; i++) await services.endpoints.create(anEndpoint(tenant))
  for (let i = 0; i < 45; i++) await services.connections.create(aConnection(tenant))
  const parts: number[] = []
  const outbox = Object.assign(Object.create(services.outbox), {
    waiting: services.outbox.waiting.bind(services.outbox),
    publish: (...args: Parameters<typeof services.outbox.publish>) => {
      parts.push(1 + 2 * args[2].length + 2 * args[3].length)
      return services.outbox.publish(...args)
    },
  })
  expect(await publishEvents({ ...services, outbox }, tenant)).toBe(45)
  expect(Math.max(...parts)).toBeLessThanOrEqual(100)
  expect(services.deliveries.items.size).toBe(450)
})
