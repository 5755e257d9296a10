// What keep-alive consumes grows with what is due, not with what is stored.
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb'
import { marshall } from '@aws-sdk/util-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectionItem } from '#adapters/dynamodb/connections/items.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { later } from '#domain/time.ts'
import { type Consumption, countCapacity } from '../../../bench/capacity.ts'
import { aConnection, newId } from '../../contracts/samples.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import { type Backend, openBackend, TABLE } from '../backend.ts'

const DUE = 20

let backend: Backend
let consumed: Consumption
let scene: Scene
beforeAll(async () => {
  backend = await openBackend()
  consumed = countCapacity(backend.client)
  scene = await openScene(backend.stores)
  scene.services.clickfunnels.tokens.mode = 'rotating'
  await scene.connectMany(DUE)
})
afterAll(() => backend?.close())

/** Connections that are due another day, in the index all the same. */
async function store(count: number): Promise<void> {
  const dueAt = later(scene.services.now(), 90 * 24 * 3600)
  for (let stored = 0; stored < count; stored += 25) {
    const puts = Array.from({ length: 25 }, () => ({
      PutRequest: { Item: marshall(connectionItem(aConnection(newId('tenant'), { dueAt }))) },
    }))
    await backend.client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: puts } }))
  }
}

/** What it takes to find and refresh all that is due. */
async function refreshAll(): Promise<{ readonly read: number; readonly written: number }> {
  scene.services.clock.advance(7200 - 300)
  const before = { ...consumed }
  const { refreshed } = await keepAlive(scene.services, { shard: 0, of: 1 }, () => true)
  expect(refreshed).toBe(DUE)
  await scene.services.background.settled()
  return {
    read: consumed.readUnits - before.readUnits,
    written: consumed.writeUnits - before.writeUnits,
  }
}

/** The SDK repeats a call that a busy machine answers late, which counts twice. So the cheaper of two runs counts. */
async function cheapest() {
  const [one, other] = [await refreshAll(), await refreshAll()]
  return { read: Math.min(one.read, other.read), written: Math.min(one.written, other.written) }
}

test('with a hundred times as much stored, what is due costs the same', async () => {
  const few = await cheapest()
  await store(DUE * 100)
  const many = await cheapest()
  expect(few.read).toBeGreaterThan(DUE)
  expect(few.written).toBeGreaterThan(DUE)
  expect(Math.abs(many.read / few.read - 1)).toBeLessThan(0.01)
  expect(Math.abs(many.written / few.written - 1)).toBeLessThan(0.01)
})
