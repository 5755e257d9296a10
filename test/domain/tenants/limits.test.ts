// A tenant at its limit: which error it gets, what still works for it, and that other tenants do not notice.
import { beforeEach, describe, expect, test } from 'vitest'
import { followLink } from '#domain/connect/authorize.ts'
import { receiveAuthorizationResponse } from '#domain/connect/callback.ts'
import type { EndUserId } from '#domain/ids.ts'
import { Limiter, type Requester, shareOf } from '#domain/tenants/limits.ts'
import { findTenant, updateTenant } from '#domain/tenants/manage-tenants.ts'
import { RateLimiter } from '#domain/tenants/rate-limiter.ts'
import type { Limits } from '#domain/tenants/tenant.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { ALICE, BOB, cookiesOf, openScene, Scene, sceneOn } from '../../fakes/scene.ts'
import { ACME } from '../../fakes/tokens.ts'

let scene: Scene
beforeEach(async () => {
  scene = await openScene()
})

/** The scene after the operator has set limits: the caller's tenant is read anew. */
async function limited(limits: Limits): Promise<Scene> {
  const { services, caller, app } = scene
  const tenant = await updateTenant(services, caller.tenant.id, { limits })
  return new Scene(services, { ...caller, tenant }, app)
}

const refusedFor = (limit: string) => ({ code: 'tenant_limit_exceeded', extensions: { limit } })

describe('sessions a minute', () => {
  test('are refused beyond the limit until the next minute', async () => {
    const at = await limited({ sessionsPerMinute: 2 })
    at.services.clock.advance(15)
    await at.start()
    await at.start()
    await expect(at.start()).rejects.toMatchObject({
      ...refusedFor('sessions_per_minute'),
      retryAfterSeconds: 45,
    })
    at.services.clock.advance(45)
    await at.start()
  })

  test('are refused without asking the store again, to this tenant alone', async () => {
    const at = await limited({ sessionsPerMinute: 1 })
    const other = await sceneOn(at.services)
    await at.start()
    await expect(at.start()).rejects.toMatchObject(refusedFor('sessions_per_minute'))
    const { calls } = at.services.usage
    await expect(at.start()).rejects.toMatchObject(refusedFor('sessions_per_minute'))
    await other.start()
    expect(at.services.usage.calls).toBe(calls)
  })

  test('are not used up by requests that break a rule', async () => {
    const at = await limited({ sessionsPerMinute: 1 })
    await expect(at.start({ returnUrl: 'https://elsewhere.example' })).rejects.toMatchObject({
      code: 'return_url_not_registered',
    })
    await at.start()
  })
})

describe('connections', () => {
  test('at the limit no session for another is started; one to reconnect is', async () => {
    const at = await limited({ connections: 1 })
    const { id: connectionId } = await at.connect()
    await expect(at.start({ endUser: { id: BOB } })).rejects.toMatchObject({
      ...refusedFor('connections'),
      retryAfterSeconds: 60,
    })
    expect((await at.connect({ connectionId })).generation).toBe(2)
  })

  test('of sessions that were under way, as many are connected as there is room; the tokens of the others are revoked', async () => {
    const at = await limited({ connections: 1 })
    const alice = await at.leave({ endUser: { id: ALICE } })
    const bob = await at.leave({ endUser: { id: BOB } })
    for (const journey of [alice, bob]) await at.comeBack(journey)
    await at.complete(alice)
    await expect(at.complete(bob)).rejects.toMatchObject(refusedFor('connections'))
    expect((await at.session(bob)).state).toEqual({ status: 'failed', error: 'tenant_limit_exceeded' })
    const { rows } = at.services.clickfunnels.tokens
    expect(rows.filter(({ revoked }) => !revoked)).toHaveLength(1)
  })

  test('an end user who comes back to the same workspace without naming the connection is let in', async () => {
    const at = await limited({ connections: 2 })
    await at.connect()
    const again = await at.leave()
    await at.connect({ endUser: { id: BOB } })
    await at.comeBack(again)
    expect((await at.complete(again)).generation).toBe(2)
  })

  test('a confirmed session tells the browser', async () => {
    const at = await limited({ connections: 1 })
    const { linkSecret } = await at.start({ endUser: { id: BOB }, completion: 'confirmed' })
    await at.connect()
    const confirmation = { sent: 'shown', cookie: 'shown' }
    const visit = await followLink(at.services, { linkSecret: linkSecret.reveal(), confirmation })
    if (visit.outcome !== 'redirect') throw new Error(visit.outcome)
    const { code, state } = at.services.clickfunnels.approve(visit.location, ACME)
    const cookies = cookiesOf(visit.browserCookie)
    const back = await receiveAuthorizationResponse(at.services, { appId: at.app.id, state, code, cookies })
    expect(back).toMatchObject({ location: expect.stringContaining('error=tenant_limit_exceeded') })
  })

  test('that end make room', async () => {
    const at = await limited({ connections: 1 })
    const { id } = await at.connect()
    await disconnect(at.services, at.caller, id)
    await at.connect({ endUser: { id: BOB } })
  })

  test('are counted anew when the operator sets their limit', async () => {
    await scene.connect()
    await scene.connect({ endUser: { id: BOB } })
    const { services, caller } = scene
    services.usage.countConnection(caller.tenant.id, -1)
    const at = await limited({ connections: 2 })
    await expect(at.start({ endUser: { id: BOB } })).rejects.toMatchObject(refusedFor('connections'))
  })
})

describe('requests a second', () => {
  const work = async () => 'answer'

  test('are refused before any work is done, by name', async () => {
    const { services, caller } = await limited({ requestsPerSecond: 1 })
    const call = () => services.rateLimiter.withinRate({ tenant: caller.tenant }, work)
    for (let i = 0; i < 10; i++) expect(await call()).toBe('answer')
    await expect(call()).rejects.toMatchObject({
      ...refusedFor('requests_per_second'),
      retryAfterSeconds: 10,
    })
  })

  test('are reported by the time the answer leaves, also when the work fails', async () => {
    const { services, caller } = await limited({ requestsPerSecond: 1 })
    const failing = () => Promise.reject(new Error('upstream'))
    await expect(services.rateLimiter.withinRate({ tenant: caller.tenant }, failing)).rejects.toThrow(
      'upstream',
    )
    const none = { requests: 0, shared: 0, busySeconds: 0 }
    const window = Math.floor(services.now() / 10)
    expect(await services.usage.addRequests({ tenantId: caller.tenant.id }, window, none)).toMatchObject({
      requests: 1,
    })
  })

  test('cost a tenant without a limit nothing', async () => {
    const { services, caller } = scene
    for (let i = 0; i < 100; i++) await services.rateLimiter.withinRate({ tenant: caller.tenant }, work)
    expect(services.usage.calls).toBe(0)
  })
})

describe('the service-wide defaults', () => {
  test('hold for what a tenant has no limit of its own for', async () => {
    const { services, caller } = scene
    const limiter = new Limiter(services.usage, { connections: 7, sessionsPerMinute: 3 })
    expect(limiter.maxConnections(caller.tenant)).toBe(7)
    expect(limiter.maxConnections({ limits: { connections: 9 } })).toBe(9)
    expect(limiter.maxConnections({ limits: { sessionsPerMinute: 9 } })).toBe(7)
    for (let i = 0; i < 3; i++) await limiter.countSession({ tenant: caller.tenant }, services.now())
    await expect(limiter.countSession({ tenant: caller.tenant }, services.now())).rejects.toMatchObject(
      refusedFor('sessions_per_minute'),
    )
  })

  test('come back when the operator takes the limits away', async () => {
    const { services, caller } = await limited({ connections: 1 })
    await updateTenant(services, caller.tenant.id, { limits: null })
    expect(await findTenant(services, caller.tenant.id)).not.toHaveProperty('limits')
  })
})

describe("an end user's share", () => {
  const endUser = (id: string, limits: Limits) => ({
    tenant: { id: scene.caller.tenant.id, limits },
    endUserId: id as EndUserId,
  })

  test.each([
    [1, 1],
    [5, 5],
    [40, 5],
    [51, 6],
    [2500, 250],
  ])('of %i is %i', (max, share) => {
    expect(shareOf(max)).toBe(share)
  })

  test('of sessions is refused beyond it, while other end users and API keys go on', async () => {
    const { limiter, now } = scene.services
    const limits = { sessionsPerMinute: 60 }
    for (let i = 0; i < 6; i++) await limiter.countSession(endUser('mallory', limits), now())
    const refused = limiter.countSession(endUser('mallory', limits), now())
    await expect(refused).rejects.toMatchObject({
      code: 'end_user_limit_exceeded',
      extensions: { limit: 'sessions_per_minute' },
    })
    await limiter.countSession(endUser('alice', limits), now())
    for (let i = 0; i < 20; i++) await limiter.countSession({ tenant: endUser('', limits).tenant }, now())
  })

  test('of requests is refused beyond it, over several processes, while others go on', async () => {
    const { services } = scene
    const processes = [1, 2, 3].map(() => new RateLimiter(services, {}))
    const limits = { requestsPerSecond: 100 }
    const spend = async (who: Requester, times: number) => {
      let served = 0
      for (let i = 0; i < times; i++) {
        const limiter = processes[i % processes.length]
        await limiter
          ?.withinRate(who, async () => {
            served += 1
          })
          .catch((error) => expect(error.code).toBe('end_user_limit_exceeded'))
      }
      return served
    }
    const served = await spend(endUser('mallory', limits), 500)
    // A tenth of ten seconds' worth, and a quarter more at the most.
    expect(served).toBeGreaterThanOrEqual(100)
    expect(served).toBeLessThanOrEqual(125)
    expect(await spend(endUser('alice', limits), 50)).toBe(50)
    expect(await spend({ tenant: endUser('', limits).tenant }, 200)).toBe(200)
  })
})
