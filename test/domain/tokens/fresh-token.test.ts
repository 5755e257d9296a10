import { describe, expect, test } from 'vitest'
import { type Connection, expiryOf } from '#domain/connections/connection.ts'
import type { TokenOutcome } from '#domain/provider/authorization-server.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { replaceRejected } from '#domain/tokens/await-refresh.ts'
import { usableToken } from '#domain/tokens/fresh-token.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { connectedScene, dieIn } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

const DOWN: TokenOutcome = { outcome: 'provider_down', detail: 'status 503' }
const LIFETIME = 7200

const refOf = ({ tenantId, id }: Connection) => ({ tenantId, connectionId: id })
const use = (services: FakeServices, connection: Connection) => usableToken(services, refOf(connection))
const tokenNumber = (services: FakeServices, text: string) =>
  services.clickfunnels.tokens.rows.findIndex(({ accessToken }) => accessToken === text)

test('a caller learns whether its process refreshed the token or waited for another one', async () => {
  const { services, connection } = await connectedScene()
  services.clock.advance(7200)
  const tokens = await Promise.all([1, 2].map(() => use(services, connection)))
  expect(tokens.map(({ source }) => source).sort()).toEqual(['refreshed', 'waited'])
  expect(await use(services, connection)).toMatchObject({ source: 'memory' })
})

describe('a token that is still valid', () => {
  test('is served at once, however many refreshes fail', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.always('refresh', DOWN)
    for (let failures = 0; failures < 3; failures++) {
      await refreshConnection(services, await scene.stored(connection))
    }
    services.clock.advance(LIFETIME - 60)
    const { accessToken } = await use(services, connection)
    expect(tokenNumber(services, accessToken.reveal())).toBe(0)
    expect(services.clickfunnels.counts.refresh).toBe(3)
  })

  test('is served at once while another process refreshes it', async () => {
    const { services, connection } = await connectedScene()
    let served: string | undefined
    services.clickfunnels.script('refresh', async (work) => {
      served = (await use(services, connection)).accessToken.reveal()
      return work()
    })
    await refreshConnection(services, connection)
    expect(tokenNumber(services, served ?? '')).toBe(0)
  })

  test('that never expires is served after any time, without a refresh or probe', async () => {
    const { services, connection } = await connectedScene('non_expiring')
    services.clock.advance(400 * 24 * 3600)
    const { accessToken } = await use(services, connection)
    expect(tokenNumber(services, accessToken.reveal())).toBe(0)
    expect(services.clickfunnels.counts).toMatchObject({ refresh: 0, probe: 0 })
  })
})

describe('a token that has expired', () => {
  test('is refreshed once for many callers, who all get the stored token', async () => {
    const { services, connection } = await connectedScene('strict')
    services.clock.advance(LIFETIME)
    const all = await Promise.all(Array.from({ length: 20 }, () => use(services, connection)))
    expect(new Set(all.map(({ accessToken }) => accessToken.reveal())).size).toBe(1)
    expect(tokenNumber(services, all[0]?.accessToken.reveal() ?? '')).toBe(1)
    expect(all.every(({ connection: { generation } }) => generation === 2)).toBe(true)
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('is not handed out before the new one is stored', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clock.advance(LIFETIME)
    const { accessToken } = await use(services, connection)
    const stored = await scene.stored(connection)
    expect([stored.generation, tokenNumber(services, accessToken.reveal())]).toEqual([2, 1])
  })

  test('within its last seconds is refreshed, too, because it could expire on the way', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(LIFETIME - 6)
    expect((await use(services, connection)).connection.generation).toBe(1)
    services.clock.advance(1)
    expect((await use(services, connection)).connection.generation).toBe(2)
  })

  test('within its last seconds is served all the same when the refresh fails', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(LIFETIME - 3)
    services.clickfunnels.script('refresh', DOWN)
    expect((await use(services, connection)).connection.generation).toBe(1)
  })

  test('of a suspended tenant is not refreshed', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(LIFETIME)
    await updateTenant(services, connection.tenantId, { status: 'suspended' })
    await expect(use(services, connection)).rejects.toMatchObject({ code: 'tenant_suspended' })
    expect(services.clickfunnels.counts.refresh).toBe(0)
  })

  test('and cannot be refreshed gives an error with a Retry-After; the connection is kept', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clock.advance(LIFETIME)
    services.clickfunnels.script('refresh', DOWN)
    await expect(use(services, connection)).rejects.toMatchObject({
      code: 'refresh_failed',
      retryAfterSeconds: 5,
      extensions: { connection_id: connection.id },
    })
    expect((await scene.stored(connection)).state.status).toBe('active')
    // The next callers get the same error without another call of the token endpoint.
    await expect(use(services, connection)).rejects.toMatchObject({ code: 'refresh_failed' })
    expect(services.clickfunnels.counts.refresh).toBe(1)
    services.clock.advance(5)
    expect((await use(services, connection)).connection.generation).toBe(2)
  })

  test('while ClickFunnels refuses the app gives an error about the app; the connection is kept', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clock.advance(LIFETIME)
    services.clickfunnels.registerClient('client-1', 'another')
    for (let i = 0; i < 3; i++) {
      await expect(use(services, connection)).rejects.toMatchObject({
        code: 'app_credentials_refused',
        extensions: { connection_id: connection.id, app_id: connection.appId },
      })
      services.clock.advance(10)
    }
    expect(services.clickfunnels.counts.refresh).toBe(1)
    expect(await scene.stored(connection)).toMatchObject({
      state: { status: 'active' },
      consecutiveFailures: 0,
    })
  })

  test('whose last request may still be under way makes no caller wait for it', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(LIFETIME)
    services.clickfunnels.script('refresh', { outcome: 'answer_late', detail: 'x' })
    await expect(use(services, connection)).rejects.toMatchObject({ code: 'refresh_failed' })
    services.clock.advance(20)
    const before = services.clock.milliseconds()
    await expect(use(services, connection)).rejects.toMatchObject({ code: 'refresh_failed' })
    expect(services.clock.milliseconds()).toBe(before)
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('whose grant is gone gives the same error to the caller that refreshes and to those that wait', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(LIFETIME)
    for (const row of services.clickfunnels.tokens.rows) row.revoked = true
    const all = await Promise.allSettled([use(services, connection), use(services, connection)])
    for (const one of all) {
      expect(one).toMatchObject({
        reason: {
          code: 'reauthorization_required',
          extensions: { connection_id: connection.id, reason: 'grant_refused' },
        },
      })
    }
  })

  test('whose refreshing process died makes a caller wait, but not for ever', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(LIFETIME)
    await dieIn(services, 'refresh', () => use(services, connection))
    const before = services.clock.milliseconds()
    await expect(use(services, connection)).rejects.toMatchObject({ code: 'recovering' })
    const waited = services.clock.milliseconds() - before
    expect(waited).toBeGreaterThan(8_000)
    expect(waited).toBeLessThan(11_000)
  })
})

describe('a caller whose work takes long', () => {
  const longer = (services: FakeServices, connection: Connection, seconds: number) =>
    usableToken(services, refOf(connection), seconds)

  test('gets a token that lasts, which is refreshed early only if necessary', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(LIFETIME - 1000)
    expect((await longer(services, connection, 900)).connection.generation).toBe(1)
    const { connection: renewed } = await longer(services, connection, 1000)
    expect(renewed.generation).toBe(2)
    expect(expiryOf(renewed.credential)).toBe(services.now() + LIFETIME)
  })

  test('gets the old token when the refresh fails, because it is still valid', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(LIFETIME - 1000)
    services.clickfunnels.always('refresh', DOWN)
    expect((await longer(services, connection, 1000)).connection.generation).toBe(1)
  })

  test('causes no refresh at every call by asking for more than a token lasts', async () => {
    const { services, connection } = await connectedScene()
    for (let calls = 0; calls < 3; calls++) await longer(services, connection, 86_400)
    expect(services.clickfunnels.counts.refresh).toBe(0)
    services.clock.advance(LIFETIME / 4)
    for (let calls = 0; calls < 3; calls++) await longer(services, connection, 86_400)
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('changes nothing for a token that never expires', async () => {
    const { services, connection } = await connectedScene('non_expiring')
    await longer(services, connection, 86_400)
    expect(services.clickfunnels.counts).toMatchObject({ refresh: 0, probe: 0 })
  })
})

describe('a token that the provider rejected', () => {
  test('is replaced by a refresh, once for many', async () => {
    const { services, connection } = await connectedScene()
    services.clickfunnels.tokens.rows.splice(0, 1, {
      ...services.clickfunnels.tokens.issue({}),
      refreshToken: services.clickfunnels.tokens.rows[0]?.refreshToken ?? '',
    })
    const all = await Promise.all(Array.from({ length: 5 }, () => replaceRejected(services, connection)))
    expect(all.map((token) => token?.connection.generation)).toEqual([2, 2, 2, 2, 2])
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('of an older generation is replaced by the stored token, without a refresh', async () => {
    const { services, connection } = await connectedScene()
    await refreshConnection(services, connection)
    const token = await replaceRejected(services, connection)
    expect(tokenNumber(services, token?.accessToken.reveal() ?? '')).toBe(1)
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('that never expires and is valid after all is not replaced', async () => {
    const { services, connection } = await connectedScene('non_expiring')
    expect(await replaceRejected(services, connection)).toBeUndefined()
  })

  test('that never expires and cannot be probed is not replaced, and nothing is concluded', async () => {
    const { services, scene, connection } = await connectedScene('non_expiring')
    services.clickfunnels.script('probe', { outcome: 'unclear', detail: 'status 503' })
    expect(await replaceRejected(services, connection)).toBeUndefined()
    expect((await scene.stored(connection)).state.status).toBe('active')
  })

  test('that never expires and is invalid ends the connection', async () => {
    const { services, connection } = await connectedScene('non_expiring')
    for (const row of services.clickfunnels.tokens.rows) row.revoked = true
    const both = await Promise.allSettled([
      replaceRejected(services, connection),
      replaceRejected(services, connection),
    ])
    for (const one of both) expect(one).toMatchObject({ reason: { code: 'reauthorization_required' } })
    // The call's own 401 is the first of the two looks.
    expect(services.clickfunnels.counts.probe).toBe(1)
  })
})
