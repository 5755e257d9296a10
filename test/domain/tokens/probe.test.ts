import { describe, expect, test } from 'vitest'
import { PROBE_INTERVAL_SECONDS } from '#domain/connections/connection.ts'
import { LEASE_SECONDS } from '#domain/tokens/lease.ts'
import { probeConnection } from '#domain/tokens/probe.ts'
import { connectedScene } from '../../fakes/scene.ts'
import { versionOf } from '../../fakes/vault.ts'

describe('a probe', () => {
  test('that finds the token valid makes the connection due in about a day and resets its failures', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    services.clickfunnels.script('probe', { outcome: 'unclear', detail: 'status 503' })
    await probeConnection(services, connection)
    expect(await probeConnection(services, await scene.stored(connection))).toEqual({ outcome: 'alive' })
    const stored = await scene.stored(connection)
    expect(stored).toMatchObject({ consecutiveFailures: 0, generation: 1 })
    expect(stored).not.toHaveProperty('lastError')
    expect(stored).not.toHaveProperty('lease')
    const wait = (stored.dueAt ?? 0) - services.now()
    expect(wait).toBeGreaterThanOrEqual(PROBE_INTERVAL_SECONDS * 0.9 - 1)
    expect(wait).toBeLessThanOrEqual(PROBE_INTERVAL_SECONDS * 1.1)
  })

  test('seals the token anew when its key was rotated, and only then', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    await probeConnection(services, connection)
    const { credential } = await scene.stored(connection)
    expect(credential).toEqual(connection.credential)
    await services.vault.rotate(connection.tenantId)
    await probeConnection(services, await scene.stored(connection))
    const stored = await scene.stored(connection)
    expect(versionOf(stored.credential.accessToken)).toBe(2)
    expect(stored.generation).toBe(connection.generation)
    expect(await scene.accessToken(stored)).toBe(await scene.accessToken(connection))
  })

  test('that is rejected twice requires the end user, and a second look', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    for (const row of services.clickfunnels.tokens.rows) row.revoked = true
    expect(await probeConnection(services, connection)).toEqual({ outcome: 'reauthorization_required' })
    expect(services.clickfunnels.counts.probe).toBe(2)
    const stored = await scene.stored(connection)
    const refusedAt = services.now()
    const reason = 'access_token_rejected'
    expect(stored.state).toEqual({ status: 'reauthorization_required', reason, refusedAt })
    expect((stored.dueAt ?? 0) - refusedAt).toBeGreaterThanOrEqual(60)
  })

  test('that is rejected once, and not again, proves nothing', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    services.clickfunnels.script('probe', { outcome: 'rejected' })
    expect(await probeConnection(services, connection)).toEqual({ outcome: 'alive' })
    services.clickfunnels.script('probe', { outcome: 'rejected' }, { outcome: 'unclear', detail: 'x' })
    const again = await probeConnection(services, await scene.stored(connection))
    expect(again).toEqual({ outcome: 'unclear', detail: 'x' })
    expect((await scene.stored(connection)).state.status).toBe('active')
  })

  test('that is unclear is repeated after a backoff', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    services.clickfunnels.always('probe', { outcome: 'unclear', detail: 'status 403' })
    for (let failures = 1; failures < 4; failures++) {
      // Far apart, so that they do not count as an outage of the provider.
      services.clock.advance(3600)
      const probe = await probeConnection(services, await scene.stored(connection))
      expect(probe).toEqual({ outcome: 'unclear', detail: 'status 403' })
      const stored = await scene.stored(connection)
      expect(stored).toMatchObject({ consecutiveFailures: failures, lastError: 'probe_unclear' })
      expect(stored.dueAt).toBeLessThanOrEqual(services.now() + 30 * 2 ** (failures - 1))
    }
    expect((await scene.stored(connection)).state.status).toBe('active')
  })

  test('is made by one process at a time', async () => {
    const { services, connection } = await connectedScene('non_expiring')
    const both = await Promise.all([
      probeConnection(services, connection),
      probeConnection(services, connection),
    ])
    expect(both.map(({ outcome }) => outcome).sort()).toEqual(['alive', 'busy'])
    expect(services.clickfunnels.counts.probe).toBe(1)
  })

  test('does not end a connection that was connected again meanwhile', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    services.clickfunnels.script('probe', { outcome: 'rejected' }, async () => {
      await scene.connect({ connectionId: connection.id })
      return { outcome: 'rejected' }
    })
    expect(await probeConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    expect(await scene.stored(connection)).toMatchObject({ generation: 2, state: { status: 'active' } })
  })

  test('writes nothing when its lease expired and went to another process', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    services.clickfunnels.script('probe', async () => {
      services.clock.advance(LEASE_SECONDS)
      await probeConnection(services, connection)
      return { outcome: 'unclear', detail: 'x' }
    })
    expect(await probeConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    expect((await scene.stored(connection)).consecutiveFailures).toBe(0)
  })
})
