// What an event costs: docs/cost.md states these units.
import { afterAll, beforeAll, expect, test } from 'vitest'
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

test('an event makes its change dearer and takes a few units to publish; a change without one costs what it did', async () => {
  const { connections } = backend.stores
  const connection = aConnection(newId('tenant'))
  await connections.create(connection)
  const ref = refOf(connection)
  const publishing = { ...backend.stores, now: () => NOW, eventRetentionDays: 90 }
  await publishEvents(publishing, connection.tenantId)

  const fence = { generation: 1 }
  const plain = await unitsOf(() =>
    connections.update(ref, fence, { lastError: 'x', updatedAt: NOW }, connection),
  )
  const change = await unitsOf(() =>
    connections.update(ref, fence, { suspendedAt: NOW, updatedAt: NOW }, connection),
  )
  const published = await unitsOf(() => publishEvents(publishing, connection.tenantId))
  expect({ plain, change, published }).toEqual({
    plain: { read: 0, written: 1 },
    change: { read: 0, written: 5 },
    published: { read: 2, written: 7 },
  })
})

test('a kilobyte of tags is written with each change of the connection, and with each event', async () => {
  const { connections } = backend.stores
  const value = 'x'.repeat(200)
  const tags = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((key) => [key, value]))
  const connection = aConnection(newId('tenant'), { tags })
  await connections.create(connection)
  const ref = refOf(connection)
  const publishing = { ...backend.stores, now: () => NOW, eventRetentionDays: 90 }
  await publishEvents(publishing, connection.tenantId)
  const fence = { generation: 1 }
  const plain = await unitsOf(() =>
    connections.update(ref, fence, { lastError: 'x', updatedAt: NOW }, connection),
  )
  const change = await unitsOf(() =>
    connections.update(ref, fence, { suspendedAt: NOW, updatedAt: NOW }, connection),
  )
  const published = await unitsOf(() => publishEvents(publishing, connection.tenantId))
  expect({ plain, change, published }).toEqual({
    plain: { read: 0, written: 2 },
    change: { read: 0, written: 9 },
    published: { read: 2, written: 11 },
  })
})
