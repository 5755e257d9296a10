import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connection.ts'
import { updateApp } from '#domain/onboarding.ts'
import type { TokenOutcome } from '#domain/ports.ts'
import { LEASE_SECONDS, refreshConnection } from '#domain/refresh.ts'
import { disconnect, tokenOf } from '#domain/revocation.ts'
import { Secret } from '#domain/secret.ts'
import { connectedScene } from '../fakes/scene.ts'
import type { FakeServices } from '../fakes.ts'

async function accessTokenOf(services: FakeServices, connection: Connection): Promise<string> {
  const { tenantId, id, generation, credential } = connection
  const binding = tokenOf(tenantId, id, generation, 'access_token')
  return (await services.vault.open(binding, credential.accessToken)).reveal()
}

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
    expect(await accessTokenOf(services, stored)).toBe(services.clickfunnels.tokens.rows[1]?.accessToken)
  })

  test('works again and again, each time with the token of the time before', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    for (let generation = 2; generation < 6; generation++) {
      const outcome = await refreshConnection(services, await scene.stored(connection))
      expect(outcome).toMatchObject({ outcome: 'refreshed', connection: { generation } })
    }
    expect(liveTokens(services)).toEqual([await accessTokenOf(services, await scene.stored(connection))])
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

  test('takes the older client secret when the newest is refused', async () => {
    const { services, scene, connection } = await connectedScene()
    await updateApp(services, connection.tenantId, scene.app.id, { clientSecret: new Secret('new') })
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'refreshed' })
    expect(services.clickfunnels.counts.refresh).toBe(2)
  })
})

describe('the lease', () => {
  test('lets one of many refresh; the others are told that it is busy', async () => {
    const { services, connection } = await connectedScene('strict')
    const all = await Promise.all(Array.from({ length: 8 }, () => refreshConnection(services, connection)))
    expect(all.map(({ outcome }) => outcome).sort()).toEqual([...Array(7).fill('busy'), 'refreshed'])
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('of a process that died is free again after its time', async () => {
    const { services, connection } = await connectedScene()
    services.clickfunnels.script('refresh', async () => Promise.reject(new Error('the process died')))
    await expect(refreshConnection(services, connection)).rejects.toThrow('died')
    services.clock.advance(LEASE_SECONDS - 1)
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'busy' })
    services.clock.advance(1)
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'refreshed' })
  })

  test('is not given for a generation that has passed', async () => {
    const { services, connection } = await connectedScene()
    await refreshConnection(services, connection)
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'busy' })
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('that ran out and went to another lets nothing be written, and orphans are revoked', async () => {
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
    expect(liveTokens(services)).toContain(await accessTokenOf(services, stored))
    expect(services.clickfunnels.tokens.rows[2]?.revoked).toBe(true)
  })

  test('that ran out and went to another lets a failure move nothing either', async () => {
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

describe('a refresh that the end user overtakes', () => {
  test('by reconnecting changes nothing, and its own tokens are revoked', async () => {
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
    expect(liveTokens(services)).toEqual([await accessTokenOf(services, reconnected)])
  })

  test('by disconnecting leaves nothing stored and nothing alive', async () => {
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

test('a commit that is refused because its first attempt went through counts as done', async () => {
  const { services, scene, connection } = await connectedScene()
  const { update } = services.connections
  // The write is carried out, its answer is lost, and the SDK's second attempt meets its own condition.
  services.connections.update = async (...write) => {
    services.connections.update = update
    await update.apply(services.connections, write)
    return update.apply(services.connections, write)
  }
  const outcome = await refreshConnection(services, connection)
  expect(outcome).toEqual({ outcome: 'refreshed', connection: await scene.stored(connection) })
  expect(services.clickfunnels.counts.revoke).toBe(0)
})

describe('a refresh that fails', () => {
  test.each<TokenOutcome & { outcome: string }>([
    { outcome: 'client_refused', error: 'invalid_client' },
    { outcome: 'rate_limited' },
    { outcome: 'provider_down', detail: 'status 503' },
    { outcome: 'answer_lost', detail: 'ECONNRESET' },
    { outcome: 'malformed', detail: 'not JSON' },
  ])('with %j keeps the old tokens, and is due again after a backoff', async (outcome) => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', outcome)
    const failed = await refreshConnection(services, connection)
    expect(failed).toEqual({ outcome: 'failed', error: outcome.outcome })
    const stored = await scene.stored(connection)
    expect(stored).toMatchObject({
      state: { status: 'active' },
      generation: 1,
      credential: connection.credential,
      consecutiveFailures: 1,
      lastError: outcome.outcome,
    })
    expect(stored).not.toHaveProperty('lease')
    expect(stored.dueAt).toBeGreaterThan(services.now())
    expect(stored.dueAt).toBeLessThanOrEqual(services.now() + 30)
  })

  test('because the answer was lost is repeated with the same refresh token, which still works', async () => {
    const { services, scene, connection } = await connectedScene('rotating')
    services.clickfunnels.script('refresh', async (work) => {
      await work()
      return { outcome: 'answer_lost', detail: 'ECONNRESET' }
    })
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'failed' })
    expect(await refreshConnection(services, await scene.stored(connection))).toMatchObject({
      outcome: 'refreshed',
      connection: { generation: 2 },
    })
  })
})
