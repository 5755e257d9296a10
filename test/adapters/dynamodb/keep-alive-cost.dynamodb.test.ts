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

const DUE = 40
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
 * The units of a run for each connection, and what it did.
 * @param remembered how many items the run reads once for all
 */
async function unitsOfRun(remembered: number) {
  const before = { ...consumed }
  const outcomes = await keepAlive(scene.services, { shard: 0, of: 1 }, () => true)
  await scene.services.background.settled()
  return {
    outcomes,
    read: (consumed.readUnits - before.readUnits - QUERIES - remembered) / DUE,
    written: (consumed.writeUnits - before.writeUnits) / DUE,
  }
}

test('a refresh reads 1 unit and writes 5', async () => {
  scene.services.clock.advance(7200 - 300)
  expect(await unitsOfRun(2)).toEqual({ outcomes: { refreshed: DUE }, read: 1, written: 5 })
})

test("a suspended tenant's connection reads 1 unit and writes 3 when it is put off: a million cost less than $5 a day", async () => {
  const tenantId = scene.caller.tenant.id
  await updateTenant(scene.services, tenantId, { status: 'suspended' })
  scene.services.clock.advance(7200)
  const visit = await unitsOfRun(1)
  expect(visit).toEqual({ outcomes: { suspended: DUE }, read: 1, written: 3 })
  // One to two times the seconds, by chance.
  const visitsADay = DAY_SECONDS / (1.5 * SUSPENDED_SECONDS)
  const dollarsADay = 1_000_000 * visitsADay * (visit.read * PRICE.read + visit.written * PRICE.written)
  expect(dollarsADay).toBeCloseTo(2.67, 2)

  await updateTenant(scene.services, tenantId, { status: 'active' })
  scene.services.clock.advance(2 * SUSPENDED_SECONDS)
  expect(await unitsOfRun(2)).toEqual({ outcomes: { refreshed: DUE }, read: 1, written: 5 })
})
