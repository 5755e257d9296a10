// Mass revocation: which connections, how many in one call, and what happens when ClickFunnels does not take a revocation.
import { describe, expect, test } from 'vitest'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { revokeMany } from '#domain/operator/mass-revocation.ts'
import { ALICE, connectedScene, sceneOn } from '../../fakes/scene.ts'

const connected = async (count: number) => {
  const { scene, services, connection } = await connectedScene()
  await scene.connectMany(count - 1)
  const revoke = (filter = {}, after?: typeof connection.id) =>
    revokeMany(services, connection.tenantId, filter, after)
  return { scene, services, connection, revoke }
}

describe('revoking many', () => {
  test('ends every connection of the tenant, and none of another tenant', async () => {
    const { services, revoke } = await connected(40)
    const other = await sceneOn(services)
    const untouched = await other.connect()
    expect(await revoke()).toEqual({ report: { processed: 40, revoked: 40, owed: 0, failed: 0 } })
    expect([...services.connections.items.values()]).toEqual([untouched])
    expect(services.clickfunnels.tokens.live()).toHaveLength(1)
    expect(await revoke()).toEqual({ report: { processed: 0, revoked: 0, owed: 0, failed: 0 } })
  })

  test('ends those of one end user, or of one app, only', async () => {
    const { services, connection, revoke } = await connected(5)
    expect((await revoke({ endUserId: ALICE })).report.revoked).toBe(1)
    expect(services.connections.items.size).toBe(4)
    expect((await revoke({ appId: services.newId('app') })).report.processed).toBe(0)
    expect((await revoke({ appId: connection.appId })).report.revoked).toBe(4)
  })

  test('stops after some seconds and goes on where it was', async () => {
    const { services, revoke } = await connected(40)
    services.clickfunnels.always('revoke', async (work) => {
      services.clock.advance(1)
      return work()
    })
    const first = await revoke()
    expect(first).toMatchObject({ report: { processed: 16, revoked: 16 }, next: expect.any(String) })
    const second = await revoke({}, first.next)
    expect(second.report.processed).toBe(16)
    expect(await revoke({}, second.next)).toEqual({
      report: { processed: 8, revoked: 8, owed: 0, failed: 0 },
    })
    expect(services.connections.items.size).toBe(0)
  })

  test('stores the revocations that ClickFunnels does not take, and keep-alive retries them', async () => {
    const { services, revoke } = await connected(3)
    services.clickfunnels.always('revoke', 'failed')
    expect((await revoke()).report).toEqual({ processed: 3, revoked: 0, owed: 3, failed: 0 })
    expect(services.connections.items.size).toBe(0)
    expect(services.revocations.items.size).toBe(3)
    services.clickfunnels.always('revoke')
    services.clock.advance(3600)
    await keepAlive(services, { shard: 0, of: 1 }, () => true)
    expect(services.revocations.items.size).toBe(0)
    expect(services.clickfunnels.tokens.live()).toEqual([])
  })

  test('reports what could not be disconnected, goes on with the others, and finds it the next time', async () => {
    const { services, connection, revoke } = await connected(3)
    const { connections } = services
    const remove = connections.remove.bind(connections)
    connections.remove = async (read, revocation, by) => {
      if (read.id === connection.id) throw new Error('the store is down')
      return remove(read, revocation, by)
    }
    expect((await revoke()).report).toEqual({ processed: 3, revoked: 2, owed: 0, failed: 1 })
    connections.remove = remove
    expect((await revoke()).report).toEqual({ processed: 1, revoked: 1, owed: 0, failed: 0 })
  })

  test('works for a suspended tenant', async () => {
    const { services, connection, revoke } = await connected(2)
    await services.tenants.update(connection.tenantId, { status: 'suspended' }, services.now())
    expect((await revoke()).report.revoked).toBe(2)
  })
})
