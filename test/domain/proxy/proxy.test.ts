// The proxy: what is sent, what is passed on, and what follows from a 401 or a deadline.
import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { proxyCall } from '#domain/proxy/proxy.ts'
import type { ProxyRequest } from '#domain/proxy/proxy-request.ts'
import { refreshNow } from '#domain/proxy/refresh-now.ts'
import { later } from '#domain/time.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import { answer } from '../../fakes/clickfunnels.ts'
import { connectedScene, type Scene } from '../../fakes/scene.ts'
import { PUBLIC_URL } from '../../fakes.ts'

const API = 'https://acme.myclickfunnels.com/api/v2'
const UNAUTHORIZED = answer(401, { error: 'Invalid token' })

const LISTING = { method: 'GET', rawQuery: '', headers: [], requestId: 'request-1' } as const

function call(scene: Scene, { id: connectionId }: Connection, more: Partial<ProxyRequest> = {}) {
  const request = { ...LISTING, segments: ['funnels'], connectionId, ...more }
  return proxyCall(scene.services, scene.caller, request)
}

describe('a call', () => {
  test('goes to the host of the connection with its token, query and body as they came', async () => {
    const { scene, services, connection } = await connectedScene()
    const body = Buffer.from('{"a":1}')
    const rawQuery = 'filter[id]=1,2&expand[]=a&expand[]=b&x=%2f+'
    await call(scene, connection, { method: 'POST', segments: ['a b', 'c'], rawQuery, body })
    const [sent] = services.clickfunnels.requests
    expect(sent).toMatchObject({ method: 'POST', url: `${API}/a%20b/c?${rawQuery}`, body })
    expect(sent?.accessToken.reveal()).toBe(await scene.accessToken(connection))
  })

  test('carries no credential of the caller, and our request id only', async () => {
    const { scene, services, connection } = await connectedScene()
    const headers = [
      ['authorization', 'Bearer fc_key'],
      ['cookie', 'a=b'],
      ['x-request-id', 'theirs'],
      ['accept', 'application/json'],
    ] as const
    await call(scene, connection, { headers })
    expect(services.clickfunnels.requests[0]?.headers).toEqual([
      ['accept', 'application/json'],
      ['x-request-id', 'request-1'],
    ])
  })

  test('without a path lists the funnels of the workspace', async () => {
    const { scene, services, connection } = await connectedScene()
    const request = { ...LISTING, connectionId: connection.id, rawQuery: 'after=2' }
    await proxyCall(services, scene.caller, request)
    expect(services.clickfunnels.requests[0]?.url).toBe(`${API}/workspaces/20417/funnels?after=2`)
  })

  test.each([200, 302, 404, 422, 429, 500, 503])(
    'passes a %i on with its body and headers',
    async (status) => {
      const { scene, services, connection } = await connectedScene()
      const body = { theirs: true }
      const headers = [
        ['link', `<${API}/funnels?after=20>; rel="next"`],
        ['set-cookie', 'a=b'],
        ['retry-after', '3'],
      ] as const
      services.clickfunnels.script('call', answer(status, body, headers))
      const answered = await call(scene, connection, { method: 'POST' })
      expect(answered).toMatchObject({ status, body: Buffer.from(JSON.stringify(body)) })
      expect(answered.headers).toEqual([
        ['link', `<${PUBLIC_URL}/v1/connections/${connection.id}/proxy/funnels?after=20>; rel="next"`],
        ['retry-after', '3'],
      ])
      expect(services.clickfunnels.counts).toMatchObject({ call: 1, refresh: 0 })
    },
  )

  test("of another tenant's connection finds nothing, and nothing is sent", async () => {
    const { scene, services, connection } = await connectedScene()
    const caller = { ...scene.caller, tenant: { ...scene.caller.tenant, id: services.newId('tenant') } }
    const request = { ...LISTING, connectionId: connection.id }
    await expect(proxyCall(services, caller, request)).rejects.toMatchObject({ code: 'not_found' })
    expect(services.clickfunnels.requests).toEqual([])
  })

  test('to a host that is no longer allowed is not made', async () => {
    const { scene, services, connection } = await connectedScene()
    const provider = { ...services.provider, workspaceHosts: [] }
    const narrowed = Object.assign(Object.create(services), { provider })
    const request = { ...LISTING, connectionId: connection.id, segments: ['funnels'] }
    const refused = proxyCall(narrowed, scene.caller, request)
    await expect(refused).rejects.toMatchObject({ code: 'upstream_unreachable' })
    expect(services.clickfunnels.requests).toEqual([])
  })
})

describe('a 401', () => {
  test('leads to one refresh and one replay with the new token', async () => {
    const { scene, services, connection } = await connectedScene()
    services.clickfunnels.script('call', UNAUTHORIZED)
    const body = Buffer.from('x')
    expect(await call(scene, connection, { method: 'POST', body })).toMatchObject({ status: 200 })
    const [first, second] = services.clickfunnels.requests
    expect(second).toMatchObject({ method: 'POST', url: first?.url, body })
    expect(second?.accessToken.reveal()).not.toBe(first?.accessToken.reveal())
    expect(services.clickfunnels.counts).toMatchObject({ call: 2, refresh: 1 })
  })

  test('to the replay, too, is passed on; there is no third call', async () => {
    const { scene, services, connection } = await connectedScene()
    services.clickfunnels.always('call', UNAUTHORIZED)
    expect(await call(scene, connection)).toMatchObject({ status: 401 })
    expect(services.clickfunnels.counts).toMatchObject({ call: 2, refresh: 1 })
  })

  test('to many callers at once leads to one refresh', async () => {
    const { scene, services, connection } = await connectedScene()
    services.clickfunnels.script('call', ...Array(5).fill(UNAUTHORIZED))
    const answers = await Promise.all(Array.from({ length: 5 }, () => call(scene, connection)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(services.clickfunnels.counts).toMatchObject({ call: 10, refresh: 1 })
  })

  test('to a remembered token and to the one another process stored since leads to one refresh', async () => {
    const { scene, services, connection } = await connectedScene()
    await call(scene, connection)
    const elsewhere = { ...services, tokenMemory: new TokenMemory() }
    await refreshNow(elsewhere, scene.caller, connection.id)
    services.clock.advance(1)
    services.clickfunnels.script('call', UNAUTHORIZED, UNAUTHORIZED)
    expect(await call(scene, connection)).toMatchObject({ status: 200 })
    expect(services.clickfunnels.counts).toMatchObject({ call: 4, refresh: 2 })
  })

  test('to a token that is valid all the same is about something else, and passed on', async () => {
    const { scene, services, connection } = await connectedScene('non_expiring')
    services.clickfunnels.script('call', UNAUTHORIZED)
    expect(await call(scene, connection)).toMatchObject({ status: 401 })
    expect(services.clickfunnels.counts).toMatchObject({ call: 1, probe: 1, refresh: 0 })
  })
})

describe('the deadline', () => {
  const seconds = (milliseconds: number | undefined) => (milliseconds ?? 0) / 1000

  test('gives the replay the time that the first call and the refresh did not use', async () => {
    const { scene, services, connection } = await connectedScene()
    services.clickfunnels.script('call', async () => {
      services.clock.advance(8)
      return UNAUTHORIZED
    })
    services.clickfunnels.script('refresh', async (work) => {
      services.clock.advance(4)
      return work()
    })
    await call(scene, connection)
    const given = services.clickfunnels.requests.map((sent) => seconds(sent.deadlineMilliseconds))
    expect(given).toEqual([25, 13])
  })

  test('counts the refresh before the call', async () => {
    const { scene, services, connection } = await connectedScene()
    services.clock.advance(7200)
    services.clickfunnels.script('refresh', async (work) => {
      services.clock.advance(9)
      return work()
    })
    await call(scene, connection)
    expect(services.clickfunnels.requests.map((sent) => seconds(sent.deadlineMilliseconds))).toEqual([16])
  })

  test("counts the wait for another process's refresh, after a 401 too", async () => {
    const { scene, services, connection } = await connectedScene()
    const began = services.clock.milliseconds()
    const ref = { tenantId: connection.tenantId, connectionId: connection.id }
    services.clickfunnels.script('call', async () => {
      services.clock.advance(12)
      const lease = { owner: 'another', until: later(services.now(), 30) }
      await services.connections.acquireLease(ref, 1, lease, services.now())
      return UNAUTHORIZED
    })
    await expect(call(scene, connection)).rejects.toMatchObject({ code: 'recovering' })
    expect(services.clock.milliseconds() - began).toBeLessThan(16_000)
    expect(services.clickfunnels.counts).toMatchObject({ call: 1, refresh: 0 })
  })

  test('leaves no time for a refresh after a late 401; the problem says that the call was not carried out', async () => {
    const { scene, services, connection } = await connectedScene()
    services.clickfunnels.script('call', async () => {
      services.clock.advance(14)
      return UNAUTHORIZED
    })
    await expect(call(scene, connection)).rejects.toMatchObject({
      code: 'upstream_timeout',
      message: expect.stringContaining('not carried out'),
    })
    expect(services.clickfunnels.counts).toMatchObject({ call: 1, refresh: 0 })
  })

  test('that has passed lets no replay begin', async () => {
    const { scene, services, connection } = await connectedScene()
    services.clickfunnels.script('call', async () => {
      services.clock.advance(25)
      return UNAUTHORIZED
    })
    await expect(call(scene, connection)).rejects.toMatchObject({ code: 'upstream_timeout' })
    expect(services.clickfunnels.counts.call).toBe(1)
  })
})
