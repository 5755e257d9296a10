// What keep-alive consumes for one connection: docs/cost.md states these units.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DUE_PARTITIONS } from '#domain/keep-alive/due.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { type Consumption, countCapacity } from '../../../bench/capacity.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import { type Backend, openBackend } from '../backend.ts'

const DUE = 40
/** A page of the index, of each partition. */
const QUERIES = DUE_PARTITIONS * 0.5
/** The tenant and the app, once in 5 s. */
const REMEMBERED = 2

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

/** The units of a run, and what it did. */
async function unitsOfRun() {
  const before = { ...consumed }
  const outcomes = await keepAlive(scene.services, { shard: 0, of: 1 }, () => true)
  await scene.services.background.settled()
  return {
    outcomes,
    read: (consumed.readUnits - before.readUnits - QUERIES - REMEMBERED) / DUE,
    written: (consumed.writeUnits - before.writeUnits) / DUE,
  }
}

test('a refresh reads 1 unit and writes 5', async () => {
  scene.services.clock.advance(7200 - 300)
  expect(await unitsOfRun()).toEqual({ outcomes: { refreshed: DUE }, read: 1, written: 5 })
})
