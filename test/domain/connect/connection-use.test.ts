// What a tenant is told when it comes near its limit of connections.
import { expect, test } from 'vitest'
import { useLevel } from '#domain/connect/connection-use.ts'
import type { Connection } from '#domain/connections/connection.ts'
import type { EndUserId } from '#domain/ids.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { openScene } from '../../fakes/scene.ts'

test.each([
  [0, 1, undefined],
  [79, 100, undefined],
  [80, 100, 'connections_nearly_used'],
  [3, 4, undefined],
  [4, 5, 'connections_nearly_used'],
  [5, 5, 'connections_used_up'],
  [9, 5, 'connections_used_up'],
  [0, 0, 'connections_used_up'],
])('%i of %i connections: %s', (count, max, level) => {
  expect(useLevel(count, max)).toBe(level)
})

async function sceneWith(connections: number | undefined) {
  const scene = await openScene()
  const { services, caller } = scene
  // Placing a grant reads the tenant anew.
  if (connections !== undefined) await updateTenant(services, caller.tenant.id, { limits: { connections } })
  let users = 0
  const connect = async () => {
    const made = await scene.connect({ endUser: { id: `user-${++users}` as EndUserId } })
    await services.background.settled()
    return made
  }
  const told = () =>
    services.events
      .story()
      .filter((one) => one.startsWith('tenant.'))
      .toSorted()
  return { scene, services, connect, told }
}
const NEARLY = 'tenant.limit_approaching: connections_nearly_used'
const USED_UP = 'tenant.limit_approaching: connections_used_up'

test('a tenant is told once that 80 % are used, and once that all are', async () => {
  const { connect, told } = await sceneWith(10)
  for (let i = 0; i < 7; i++) await connect()
  expect(told()).toEqual([])
  await connect()
  await connect()
  expect(told()).toEqual([NEARLY])
  await connect()
  await expect(connect()).rejects.toMatchObject({ code: 'tenant_limit_exceeded' })
  expect(told()).toEqual([NEARLY, USED_UP])
})

test('is told again only after it was below that', async () => {
  const { scene, services, connect, told } = await sceneWith(5)
  const all: Connection[] = []
  for (let i = 0; i < 4; i++) all.push(await connect())
  for (const connection of all.slice(0, 2)) await disconnect(services, scene.caller, connection.id)
  expect(told()).toEqual([NEARLY])
  await connect()
  await connect()
  expect(told()).toEqual([NEARLY, NEARLY])
})

test('is told nothing when it reconnects, and nothing without a limit', async () => {
  const limited = await sceneWith(1)
  const connection = await limited.connect()
  expect(limited.told()).toEqual([USED_UP])
  await limited.scene.connect({ endUser: connection.endUser })
  await limited.services.background.settled()
  expect(limited.told()).toEqual([USED_UP])
  const unlimited = await sceneWith(undefined)
  await unlimited.connect()
  expect(unlimited.told()).toEqual([])
})
