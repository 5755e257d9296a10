// The log line of a request, from the real handler of proxied calls: who called what, how it ended, whose time it took.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ServiceError } from '#domain/errors.ts'
import { classOf } from '#http/problems/call-class.ts'
import { openProxied, type Proxied } from '../support/proxied.ts'

let proxied: Proxied

beforeEach(async () => {
  proxied = await openProxied()
})
afterEach(async () => proxied.close())

const lines = () =>
  proxied.scene.services.log.entries
    .filter(({ message }) => message === 'Request')
    .map(({ fields }) => fields as Record<string, unknown>)

describe('the line of a call', () => {
  test('names tenant, app, connection and key, and says what came back', async () => {
    const { scene, connection } = proxied
    await proxied.send('funnels')
    const [line] = lines()
    expect(line).toMatchObject({
      route: 'ANY /v1/connections/{id}/proxy/{path+}',
      status: 200,
      class: 'ok',
      tenant: scene.caller.tenant.id,
      app: scene.app.id,
      connection: connection.id,
      actor: expect.stringMatching(/^key_/),
      bytes: 2,
      upstream_calls: 1,
    })
    const { milliseconds, upstream_ms, overhead_ms } = line as Record<string, number>
    expect(overhead_ms).toBe(Math.max(0, Number(milliseconds) - Number(upstream_ms)))
  })

  test("counts ClickFunnels' time in milliseconds, not in whole seconds", async () => {
    const { clock } = proxied.scene.services
    proxied.upstream.respond = (response) => {
      clock.advance(0.25)
      response.writeHead(200).end('{}')
    }
    await proxied.send('funnels')
    expect(lines()[0]).toMatchObject({ upstream_ms: 250 })
  })

  test('says where the token came from, and which call was the first of its process', async () => {
    await proxied.send('funnels')
    await proxied.send('funnels')
    proxied.scene.services.clock.advance(7200)
    await proxied.send('funnels')
    const [first, second, late] = lines()
    expect(first).toMatchObject({ cold: true, token: 'stored' })
    expect(second).toMatchObject({ token: 'memory' })
    expect(second).not.toHaveProperty('cold')
    expect(late).toMatchObject({ token: 'refreshed' })
  })

  test('counts every attempt, and ClickFunnels has the time of its pauses', async () => {
    let attempts = 0
    proxied.upstream.respond = (response) => {
      attempts += 1
      response.writeHead(attempts === 1 ? 503 : 200, { 'retry-after': '2' }).end('{}')
    }
    await proxied.send('funnels')
    const [line] = lines()
    expect(line).toMatchObject({ class: 'ok', upstream_calls: 2 })
    expect(line?.upstream_ms).toBeGreaterThanOrEqual(2000)
  })

  test.each([
    [404, 'client'],
    [422, 'client'],
    [429, 'limit'],
    [500, 'clickfunnels'],
    [503, 'clickfunnels'],
  ])("of ClickFunnels' own %i is of the class %s", async (status, expected) => {
    proxied.upstream.respond = (response) => response.writeHead(status, { 'retry-after': '60' }).end('{}')
    await proxied.send('funnels', { method: 'POST' })
    expect(lines()).toMatchObject([{ status, class: expected }])
  })

  test('holds no token, no path, no query and no id that the caller made up', async () => {
    const token = await proxied.scene.accessToken(proxied.connection)
    await proxied.send('funnels/hunter2?secret=hunter2')
    await proxied.send('funnels', { headers: ['authorization', 'Bearer hunter2'] })
    const text = JSON.stringify(lines())
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain(token)
    expect(text).not.toContain(proxied.apiKey)
  })
})

test('a failure has the class of whoever caused it', () => {
  const failed = (...of: ConstructorParameters<typeof ServiceError>) => classOf(500, new ServiceError(...of))
  expect(classOf(500, new TypeError('x'))).toBe('ours')
  expect(failed('storage_unavailable', 'x')).toBe('ours')
  expect(failed('recovering', 'x')).toBe('ours')
  expect(failed('recovering', 'x', { upstreamIsSlow: true })).toBe('clickfunnels')
  expect(failed('upstream_timeout', 'x')).toBe('clickfunnels')
  expect(failed('refresh_failed', 'x')).toBe('clickfunnels')
  expect(failed('app_credentials_refused', 'x')).toBe('client')
  expect(failed('reauthorization_required', 'x')).toBe('client')
  expect(failed('tenant_limit_exceeded', 'x')).toBe('limit')
})
