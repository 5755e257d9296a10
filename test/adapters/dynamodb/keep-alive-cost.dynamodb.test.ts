// What keep-alive consumes for one connection: docs/cost.md states these units.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DUE_PARTITIONS } from '#domain/keep-alive/due.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { SUSPENDED_SECONDS } from '#domain/keep-alive/put-off.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { DAY_SECONDS } from '#domain/time.ts'
import { type Consumption, countCapacity } from '../../../bench/capacity.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import { type Backend, openBackend } from '../backend.ts'

const DUE = 20
/** A page of the index, of each partition. */
const QUERIES = DUE_PARTITIONS * 0.5
/** Dollars for a unit: $0.125 and $0.625 for a million. */
const PRICE = { read: 0.125e-6, written: 0.625e-6 }

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

/**
 * The units of a run for each connection, and what it did. On a slow machine the SDK repeats a call, which adds units, so the
 * cheapest of three runs counts.
 * @param wait how long to wait until all connections are due
 * @param remembered how many items the run reads once for all
 */
async function unitsOfRun(wait: number, remembered: number) {
  const runs = []
  for (let time = 0; time < 3; time++) {
    scene.services.clock.advance(wait)
    const before = { ...consumed }
    const outcomes = await keepAlive(scene.services, { shard: 0, of: 1 }, () => true)
    await scene.services.background.settled()
    const read = (consumed.readUnits - before.readUnits - QUERIES - remembered) / DUE
    runs.push({ outcomes, read, written: (consumed.writeUnits - before.writeUnits) / DUE })
  }
  const [cheapest] = runs.toSorted((one, other) => one.read + one.written - (other.read + other.written))
  return cheapest
}

test('a refresh reads 1 unit and writes 5', async () => {
  expect(await unitsOfRun(7200 - 300, 2)).toEqual({ outcomes: { refreshed: DUE }, read: 1, written: 5 })
})

test("a suspended tenant's connection reads 1 unit and writes 3 when it is put off: a million cost less than $5 a day", async () => {
  const tenantId = scene.caller.tenant.id
  await updateTenant(scene.services, tenantId, { status: 'suspended' })
  const visit = { read: 1, written: 3 }
  expect(await unitsOfRun(2 * SUSPENDED_SECONDS, 1)).toEqual({ outcomes: { suspended: DUE }, ...visit })
  // One to two times the seconds, by chance.
  const visitsADay = DAY_SECONDS / (1.5 * SUSPENDED_SECONDS)
  const dollarsADay = 1_000_000 * visitsADay * (visit.read * PRICE.read + visit.written * PRICE.written)
  expect(dollarsADay).toBeCloseTo(2.67, 2)

  await updateTenant(scene.services, tenantId, { status: 'active' })
  expect(await unitsOfRun(2 * SUSPENDED_SECONDS, 2)).toEqual({
    outcomes: { refreshed: DUE },
    read: 1,
    written: 5,
  })
})
