import { describe, expect, test } from 'vitest'
import { updateApp } from '#domain/apps/manage-apps.ts'
import { tokenOf } from '#domain/connections/connection.ts'
import type { TokenOutcome } from '#domain/provider/authorization-server.ts'
import { Secret } from '#domain/secret.ts'
import { LATEST_REQUEST_SECONDS } from '#domain/tokens/lease.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { connectedScene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

const liveTokens = ({ clickfunnels }: FakeServices) =>
  clickfunnels.tokens.live().map(({ accessToken }) => accessToken)

describe('a refresh that is granted', () => {
  test('stores the new tokens as the next generation, due anew, without lease or failures', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', { outcome: 'provider_down', detail: 'x' })
    await refreshConnection(services, connection)
    services.clock.advance(3600)
    const outcome = await refreshConnection(services, await scene.stored(connection))
    const stored = await scene.stored(connection)
    expect(outcome).toEqual({ outcome: 'refreshed', connection: stored })
    expect(stored).toMatchObject({
      generation: 2,
      consecutiveFailures: 0,
      lastRefreshedAt: services.now(),
      credential: { kind: 'refreshable', expiresAt: services.now() + 7200 },
    })
    expect(stored).not.toHaveProperty('lease')
    expect(stored).not.toHaveProperty('lastError')
    expect(stored.dueAt).toBeGreaterThan(services.now() + 5000)
    expect(await scene.accessToken(stored)).toBe(services.clickfunnels.tokens.rows[1]?.accessToken)
  })

  test('works again and again, each time with the latest refresh token', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    for (let generation = 2; generation < 6; generation++) {
      const outcome = await refreshConnection(services, await scene.stored(connection))
      expect(outcome).toMatchObject({ outcome: 'refreshed', connection: { generation } })
    }
    expect(liveTokens(services)).toEqual([await scene.accessToken(await scene.stored(connection))])
  })

  test('without a new refresh token keeps the old one', async () => {
    const { services, scene, connection } = await connectedScene()
    const [row] = services.clickfunnels.tokens.rows
    if (row?.refreshToken === undefined) throw new Error('no refresh token')
    services.clickfunnels.script('refresh', async (work) => {
      const granted = await work()
      if (granted.outcome !== 'granted') return granted
      const { refreshToken: _, ...tokens } = granted.tokens
      return { ...granted, tokens }
    })
    await refreshConnection(services, connection)
    const { credential, generation, tenantId, id } = await scene.stored(connection)
    if (credential.kind !== 'refreshable') throw new Error(credential.kind)
    const kept = await services.vault.open(
      tokenOf(tenantId, id, generation, 'refresh_token'),
      credential.refreshToken,
    )
    expect([generation, kept.reveal()]).toEqual([2, row.refreshToken])
  })

  test('without scopes keeps those that are known', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', async (work) => {
      const granted = await work()
      return granted.outcome === 'granted'
        ? { ...granted, tokens: { ...granted.tokens, scopes: [], workspace: {} } }
        : granted
    })
    await refreshConnection(services, connection)
    const { scopes, workspace } = await scene.stored(connection)
    expect([scopes, workspace]).toEqual([connection.scopes, connection.workspace])
  })

  test('uses the older client secret when the newest is refused', async () => {
    const { services, scene, connection } = await connectedScene()
    await updateApp(services, connection.tenantId, scene.app.id, { clientSecret: new Secret('new') })
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'refreshed' })
    expect(services.clickfunnels.counts.refresh).toBe(2)
  })
})

/** Every answer but a grant, and what its rule makes of it. */
const FAILURES: Record<Exclude<TokenOutcome['outcome'], 'granted' | 'grant_refused'>, TokenOutcome> = {
  client_refused: { outcome: 'client_refused', error: 'invalid_client' },
  rate_limited: { outcome: 'rate_limited' },
  provider_down: { outcome: 'provider_down', detail: 'status 503' },
  answer_lost: { outcome: 'answer_lost', detail: 'ECONNRESET' },
  answer_late: { outcome: 'answer_late', detail: 'no complete answer within the deadline' },
  malformed: { outcome: 'malformed', detail: 'not JSON' },
}

describe('a refresh that fails', () => {
  test.each(Object.values(FAILURES))('with %j keeps the old tokens, and says why', async (answer) => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.always('refresh', answer)
    const failed = await refreshConnection(services, connection)
    expect(failed).toEqual({ outcome: 'failed', error: answer.outcome })
    expect(await scene.stored(connection)).toMatchObject({
      state: { status: 'active' },
      generation: 1,
      credential: connection.credential,
      consecutiveFailures: answer.outcome === 'client_refused' ? 0 : 1,
      lastError: answer.outcome,
    })
  })

  test.each([FAILURES.rate_limited, FAILURES.provider_down, FAILURES.malformed, FAILURES.answer_lost])(
    'with %j gives the lease back, and is due again after a backoff',
    async (answer) => {
      const { services, scene, connection } = await connectedScene()
      services.clickfunnels.always('refresh', answer)
      await refreshConnection(services, connection)
      const stored = await scene.stored(connection)
      expect(stored).not.toHaveProperty('lease')
      expect(stored.dueAt).toBeGreaterThan(services.now())
      expect(stored.dueAt).toBeLessThanOrEqual(services.now() + 30)
    },
  )

  test('because it was rate limited is not repeated before the provider allows', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', { outcome: 'rate_limited', retryAfterSeconds: 600 })
    await refreshConnection(services, connection)
    expect((await scene.stored(connection)).dueAt).toBe(services.now() + 600)
  })

  test('because the answer was lost is repeated at once with the same refresh token, which still works', async () => {
    const { services, connection } = await connectedScene('rotating')
    services.clickfunnels.script('refresh', async (work) => {
      await work()
      return FAILURES.answer_lost
    })
    expect(await refreshConnection(services, connection)).toMatchObject({
      outcome: 'refreshed',
      connection: { generation: 2 },
    })
    expect(services.clickfunnels.counts.refresh).toBe(2)
  })

  test('because the answer was lost is not repeated too late in the lease', async () => {
    const { services, connection } = await connectedScene('rotating')
    services.clickfunnels.script('refresh', async () => {
      services.clock.advance(LATEST_REQUEST_SECONDS + 1)
      return FAILURES.answer_lost
    })
    expect(await refreshConnection(services, connection)).toMatchObject({ error: 'answer_lost' })
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('because no answer came in time is not repeated while the request may be under way', async () => {
    const { services, scene, connection } = await connectedScene('rotating')
    services.clickfunnels.script('refresh', FAILURES.answer_late)
    await refreshConnection(services, connection)
    const { dueAt = 0 } = await scene.stored(connection)
    expect(dueAt - services.now()).toBeGreaterThanOrEqual(60)
    services.clock.advance(59)
    expect(await refreshConnection(services, await scene.stored(connection))).toEqual({ outcome: 'busy' })
    services.clock.advance(1)
    expect(await refreshConnection(services, await scene.stored(connection))).toMatchObject({
      outcome: 'refreshed',
    })
    expect(services.clickfunnels.counts.refresh).toBe(2)
  })

  test('because our store was slow sends no request, since too little of the lease is left', async () => {
    const { services, scene, connection } = await connectedScene()
    const { sealer } = services.vault
    services.vault.sealer = (tenant) => {
      services.clock.advance(LATEST_REQUEST_SECONDS + 1)
      return sealer.call(services.vault, tenant)
    }
    await expect(refreshConnection(services, connection)).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
    expect(services.clickfunnels.counts.refresh).toBe(0)
    expect(await scene.stored(connection)).toMatchObject({ lastError: 'internal_error' })
  })
  test('because the client secret was opened too late sends no request', async () => {
    const { services, connection } = await connectedScene()
    const { open } = services.vault
    services.vault.open = (binding, sealed) => {
      if (binding.field === 'client_secret') services.clock.advance(LATEST_REQUEST_SECONDS + 1)
      return open.call(services.vault, binding, sealed)
    }
    await expect(refreshConnection(services, connection)).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
    expect(services.clickfunnels.counts.refresh).toBe(0)
  })
})
