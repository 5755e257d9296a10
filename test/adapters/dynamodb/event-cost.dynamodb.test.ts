// What an event costs: docs/cost.md states these units.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import type { ConnectionChange } from '#domain/connections/connection-store.ts'
import { publishEvents } from '#domain/events/publish-events.ts'
import { send } from '#domain/webhooks/send.ts'
import { type Consumption, countCapacity } from '../../../bench/capacity.ts'
import { aConnection, anEndpoint, NOW, newId, refOf } from '../../contracts/samples.ts'
import { FakeSenders } from '../../fakes/deliveries.ts'
import { FakeEndpointSecrets } from '../../fakes/endpoints.ts'
import { FakeLog } from '../../fakes/log.ts'
import { fakeServices } from '../../fakes.ts'
import { type Backend, openBackend } from '../backend.ts'

let backend: Backend
let consumed: Consumption
beforeAll(async () => {
  backend = await openBackend()
  consumed = countCapacity(backend.client)
})
afterAll(() => backend?.close())

async function unitsOf(work: () => Promise<unknown>): Promise<{ read: number; written: number }> {
  const { readUnits, writeUnits } = consumed
  await work()
  return { read: consumed.readUnits - readUnits, written: consumed.writeUnits - writeUnits }
}

/** A change without an event, one with an event, and the publication of that event. */
async function costsOf(annotations: Partial<Connection>) {
  const { connections } = backend.stores
  const connection = aConnection(newId('tenant'), annotations)
  await connections.create(connection)
  const publishing = {
    ...backend.stores,
    now: () => NOW,
    newId,
    log: new FakeLog(),
    senders: new FakeSenders(),
    eventRetentionDays: 90,
  }
  const publish = () => publishEvents(publishing, connection.tenantId)
  await publish()
  const update = (change: Partial<ConnectionChange>) =>
    connections.update(refOf(connection), { generation: 1 }, { ...change, updatedAt: NOW }, connection)
  return {
    plain: await unitsOf(() => update({ lastError: 'x' })),
    change: await unitsOf(() => update({ suspendedAt: NOW })),
    published: await unitsOf(publish),
  }
}

test('an event makes its change dearer and takes a few units to publish; a change without one costs what it did', async () => {
  expect(await costsOf({})).toEqual({
    plain: { read: 0, written: 1 },
    change: { read: 0, written: 7 },
    published: { read: 3, written: 7 },
  })
})

test('a kilobyte of tags is written with each change of the connection, and with each event', async () => {
  const value = 'x'.repeat(200)
  const tags = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, value]))
  expect(await costsOf({ tags })).toEqual({
    plain: { read: 0, written: 2 },
    change: { read: 0, written: 11 },
    published: { read: 3, written: 11 },
  })
})

test('a webhook that arrives at once costs more than its event', async () => {
  const { connections, endpoints } = backend.stores
  const connection = aConnection(newId('tenant'))
  const made = anEndpoint(connection.tenantId)
  const { wrapped } = await new FakeEndpointSecrets().make({
    tenantId: made.tenantId,
    endpointId: made.id,
    serial: 1,
  })
  const endpoint = { ...made, secrets: [{ serial: 1, wrapped, createdAt: NOW }] }
  await endpoints.create(endpoint)
  await connections.create(connection)
  const services = { ...fakeServices(), ...backend.stores, now: () => NOW }
  const published = await unitsOf(() => publishEvents(services, connection.tenantId))
  const [{ deliveries = [] } = {}] = services.senders.woken
  const woken = { tenantId: endpoint.tenantId, endpointId: endpoint.id, deliveries, vain: 0 }
  const sent = await unitsOf(() => send(services, woken, () => true))
  expect(services.webhookClient.requests).toHaveLength(1)
  expect({ published, sent }).toEqual({
    published: { read: 3, written: 12 },
    sent: { read: 7, written: 10 },
  })
})
