// Several processes refresh or change one connection at the same time.
import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { LEASE_SECONDS } from '#domain/tokens/lease.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { connectedScene, dieIn } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

const liveTokens = ({ clickfunnels }: FakeServices) =>
  clickfunnels.tokens.live().map(({ accessToken }) => accessToken)

describe('the lease', () => {
  test('lets one of many refresh; for the others the connection is busy', async () => {
    const { services, connection } = await connectedScene('strict')
    const all = await Promise.all(Array.from({ length: 8 }, () => refreshConnection(services, connection)))
    expect(all.map(({ outcome }) => outcome).sort()).toEqual([...Array(7).fill('busy'), 'refreshed'])
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('of a process that died expires', async () => {
    const { services, connection } = await connectedScene()
    await dieIn(services, 'refresh', () => refreshConnection(services, connection))
    services.clock.advance(LEASE_SECONDS - 1)
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'busy' })
    services.clock.advance(1)
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'refreshed' })
  })

  test('of a process that died is remembered after another failure, because the queue may still have its tokens', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    await dieIn(services, 'refresh', () => refreshConnection(services, connection))
    // ClickFunnels carried the request out, so the stored refresh token is refused from now on.
    const [row] = services.clickfunnels.tokens.rows
    if (row && !row.revoked) services.clickfunnels.tokens.refresh(row)
    services.clock.advance(LEASE_SECONDS)
    const lost = async () => ({ outcome: 'answer_lost', detail: 'reset' }) as const
    services.clickfunnels.script('refresh', lost)
    services.clickfunnels.script('refresh', lost)
    const abandoned = await scene.stored(connection)
    expect(await refreshConnection(services, abandoned)).toMatchObject({ error: 'answer_lost' })
    const again = await refreshConnection(services, await scene.stored(connection))
    expect(again).toMatchObject({ outcome: 'failed', queued: true })
  })

  test('is given back after a fault of ours, which counts as a failed attempt', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', async () => Promise.reject(new Error('unforeseen')))
    await expect(refreshConnection(services, connection)).rejects.toThrow('unforeseen')
    const stored = await scene.stored(connection)
    expect(stored).toMatchObject({ consecutiveFailures: 1, lastError: 'internal_error', generation: 1 })
    expect(stored).not.toHaveProperty('lease')
    expect(await refreshConnection(services, stored)).toMatchObject({ outcome: 'refreshed' })
  })

  test('is not taken for a suspended tenant, so its tokens are kept', async () => {
    const { services, scene, connection } = await connectedScene()
    await updateTenant(services, connection.tenantId, { status: 'suspended' })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'suspended', what: 'tenant' })
    expect(services.clickfunnels.counts.refresh).toBe(0)
    expect(await scene.stored(connection)).toEqual(connection)
  })

  test('is not given for an earlier generation', async () => {
    const { services, connection } = await connectedScene()
    await refreshConnection(services, connection)
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'busy' })
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('that expired and went to another process permits no write, and the new tokens are revoked', async () => {
    const { services, scene, connection } = await connectedScene()
    let winner: unknown
    services.clickfunnels.script('refresh', async (work) => {
      services.clock.advance(LEASE_SECONDS)
      winner = await refreshConnection(services, connection)
      return work()
    })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    expect(winner).toMatchObject({ outcome: 'refreshed' })
    const stored = await scene.stored(connection)
    expect(stored.generation).toBe(2)
    expect(liveTokens(services)).toContain(await scene.accessToken(stored))
    expect(services.clickfunnels.tokens.rows[2]?.revoked).toBe(true)
  })

  test('that expired and went to another process does not lose the tokens of a process that stood still meanwhile', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    let other: unknown
    services.clickfunnels.script('refresh', async (work) => {
      const granted = await work()
      services.clock.advance(LEASE_SECONDS)
      // The provider has rotated, so only this process has a refresh token that works.
      other = await refreshConnection(services, connection)
      return granted
    })
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'refreshed' })
    expect(other).toEqual({ outcome: 'reauthorization_required' })
    const stored = await scene.stored(connection)
    expect(stored).toMatchObject({ state: { status: 'active' }, generation: 2 })
    expect(liveTokens(services)).toEqual([await scene.accessToken(stored)])
  })

  test('that expired and went to another process permits no write of a failure either', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', async () => {
      services.clock.advance(LEASE_SECONDS)
      await refreshConnection(services, connection)
      return { outcome: 'provider_down', detail: 'x' }
    })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    expect(await scene.stored(connection)).toMatchObject({ generation: 2, consecutiveFailures: 0 })
  })
})

describe('a refresh while the end user', () => {
  test('reconnects changes nothing, and its own tokens are revoked', async () => {
    const { services, scene, connection } = await connectedScene()
    let reconnected: Connection | undefined
    services.clickfunnels.script('refresh', async (work) => {
      const granted = await work()
      reconnected = await scene.connect({ connectionId: connection.id })
      return granted
    })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    if (reconnected === undefined) throw new Error('not reconnected')
    expect(await scene.stored(connection)).toEqual(reconnected)
    expect(liveTokens(services)).toEqual([await scene.accessToken(reconnected)])
  })

  test('disconnects leaves nothing stored and no valid token', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', async (work) => {
      const granted = await work()
      await disconnect(services, scene.caller, connection.id)
      return granted
    })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    expect(services.connections.items.size).toBe(0)
    expect(liveTokens(services)).toEqual([])
  })
})
