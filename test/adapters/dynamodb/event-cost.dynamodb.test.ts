// What an event costs: docs/cost.md states these units.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import type { ConnectionChange } from '#domain/connections/connection-store.ts'
import { publishEvents } from '#domain/events/publish-events.ts'
import { type Consumption, countCapacity } from '../../../bench/capacity.ts'
import { aConnection, NOW, newId, refOf } from '../../contracts/samples.ts'
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
  const publishing = { ...backend.stores, now: () => NOW, eventRetentionDays: 90 }
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
    change: { read: 0, written: 5 },
    published: { read: 2, written: 7 },
  })
})

test('a kilobyte of tags is written with each change of the connection, and with each event', async () => {
  const value = 'x'.repeat(200)
  const tags = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, value]))
  expect(await costsOf({ tags })).toEqual({
    plain: { read: 0, written: 2 },
    change: { read: 0, written: 9 },
    published: { read: 2, written: 11 },
  })
})
