// `invalid_grant` has many causes. It makes callers get 409 only when no token that works is left.
import { describe, expect, test } from 'vitest'
import { ServiceError } from '#domain/errors.ts'
import { LEASE_SECONDS } from '#domain/tokens/lease.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { CONFIRMATION_SECONDS } from '#domain/tokens/verdict.ts'
import { connectedScene } from '../../fakes/scene.ts'

const REFUSED = { outcome: 'grant_refused', error: 'invalid_grant' } as const

describe('a refused grant', () => {
  test('whose access token has expired requires the end user, and a second look', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clock.advance(7200)
    services.clickfunnels.script('refresh', REFUSED)
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'reauthorization_required' })
    const stored = await scene.stored(connection)
    const refusedAt = services.now()
    expect(stored.state).toEqual({ status: 'reauthorization_required', reason: 'grant_refused', refusedAt })
    expect((stored.dueAt ?? 0) - refusedAt).toBeGreaterThanOrEqual(CONFIRMATION_SECONDS)
    expect(stored).not.toHaveProperty('lease')
    expect(services.clickfunnels.counts.probe).toBe(0)
  })

  test('whose access token is rejected before its time ends the connection', async () => {
    const { services, connection } = await connectedScene()
    for (const row of services.clickfunnels.tokens.rows) row.revoked = true
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'reauthorization_required' })
  })

  test('whose access token still works keeps it, and is due again', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', REFUSED)
    expect(await refreshConnection(services, connection)).toEqual({
      outcome: 'failed',
      error: 'grant_refused',
    })
    expect(await scene.stored(connection)).toMatchObject({
      state: { status: 'active' },
      lastError: 'grant_refused',
      dueAt: expect.any(Number),
    })
  })

  test('that cannot be probed proves nothing', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', REFUSED)
    services.clickfunnels.script('probe', { outcome: 'unclear', detail: 'status 503' })
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'failed' })
    expect((await scene.stored(connection)).state.status).toBe('active')
  })

  test('is ignored when another process has refreshed meanwhile', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    services.clickfunnels.script('refresh', async (work) => {
      services.clock.advance(LEASE_SECONDS)
      await refreshConnection(services, connection)
      return work()
    })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    expect(await scene.stored(connection)).toMatchObject({ state: { status: 'active' }, generation: 2 })
  })

  test('does not end a connection that its end user connected again meanwhile', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clock.advance(7200)
    services.clickfunnels.script('refresh', async () => {
      await scene.connect({ connectionId: connection.id })
      return REFUSED
    })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    expect((await scene.stored(connection)).state.status).toBe('active')
  })

  test('does not end a connection whose lease went to another process during the probe', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', REFUSED)
    services.clickfunnels.script('probe', async () => {
      services.clock.advance(LEASE_SECONDS)
      await refreshConnection(services, connection)
      return { outcome: 'rejected' }
    })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    expect(await scene.stored(connection)).toMatchObject({ state: { status: 'active' }, generation: 2 })
  })
})

describe('a refusal after an answer was lost', () => {
  test.each([
    ['the request cannot be made again', 'vault', 'open'],
    ['the refusal cannot be judged', 'connections', 'get'],
  ] as const)('is told apart from a refused grant, though %s', async (_, port, method) => {
    const { services, scene, connection } = await connectedScene('strict')
    services.clickfunnels.script('refresh', async (work) => {
      await work()
      const real = Reflect.get(services[port], method)
      const failing = async () => {
        Object.assign(services[port], { [method]: real })
        throw new ServiceError('storage_unavailable', 'The store did not answer in time.')
      }
      Object.assign(services[port], { [method]: failing })
      return { outcome: 'answer_lost', detail: 'ECONNRESET' }
    })
    await refreshConnection(services, connection).catch(() => undefined)
    const stored = await scene.stored(connection)
    expect(stored).toMatchObject({ state: { status: 'active' }, unanswered: true })
    expect(await refreshConnection(services, stored)).toEqual({ outcome: 'reauthorization_required' })
    const { state } = await scene.stored(connection)
    expect(state).toMatchObject({ status: 'reauthorization_required', reason: 'answer_lost' })
  })

  test('is told apart from a refused grant, even by a process that read the connection before', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    services.clickfunnels.script('refresh', async (work) => {
      await work()
      return { outcome: 'provider_down', detail: 'status 503' }
    })
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'failed' })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'reauthorization_required' })
    const { state } = await scene.stored(connection)
    expect(state).toMatchObject({ status: 'reauthorization_required', reason: 'answer_lost' })
  })
})
