// The operator's kill switches over HTTP, on a clock that the test moves: within how many seconds calls stop, that
// refreshes stop at once, and that nothing is lost.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SCOPES } from '#domain/callers/caller.ts'
import { issueApiKey } from '#domain/callers/manage-api-keys.ts'
import type { Connection } from '#domain/connections/connection.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { toRfc3339 } from '#domain/time.ts'
import { type Scene, sceneOn } from '../fakes/scene.ts'
import { type ServiceInProcess, startInProcess } from '../support/service.ts'

let service: ServiceInProcess
let scene: Scene
let connection: Connection
let key: string
beforeEach(async () => {
  service = await startInProcess()
  scene = await sceneOn(service.services)
  service.services.clickfunnels.tokens.mode = 'rotating'
  connection = await scene.connect()
  key = (await issueApiKey(service.services, scene.app.tenantId, { name: 'CI', scopes: SCOPES })).key.reveal()
})
afterEach(() => service.close())

const funnels = () => service.call('GET', `/v1/connections/${connection.id}/funnels`, undefined, key)
const base = () => `/v1/tenants/${connection.tenantId}`
const SWITCHES = [
  ['tenant', 60, '', { status: 'suspended' }, { status: 'active' }],
  ['app', 60, '/apps', { status: 'suspended' }, { status: 'active' }],
  ['connection', 5, '/connections', { suspended: true }, { suspended: false }],
] as const
const pathOf = (folder: string) =>
  `${base()}${folder}${folder === '' ? '' : `/${folder === '/apps' ? connection.appId : connection.id}`}`
const allShards = () => keepAlive(service.services, { shard: 0, of: 1 }, () => true)

describe.each(SWITCHES)('suspending a %s', (what, seconds, folder, off, on) => {
  const code = `${what}_suspended`
  const suspend = () => service.call('PATCH', pathOf(folder), off)
  const resume = () => service.call('PATCH', pathOf(folder), on)

  test(`stops warm calls within ${seconds} s, and resuming brings them back without the end user`, async () => {
    expect(await funnels()).toMatchObject({ status: 200 })
    expect(await suspend()).toMatchObject({ status: 200 })
    service.pass(seconds)
    const before = service.services.clickfunnels.counts.call
    expect(await funnels()).toMatchObject({ status: 403, json: { code } })
    expect(service.services.clickfunnels.counts.call).toBe(before)
    expect(await resume()).toMatchObject({ status: 200 })
    service.pass(60)
    expect(await funnels()).toMatchObject({ status: 200 })
    expect(service.services.clickfunnels.counts.exchangeCode).toBe(1)
  })

  test('stops a process that knows nothing yet at once', async () => {
    await suspend()
    service.services.tokenMemory.forget({ tenantId: connection.tenantId, connectionId: connection.id })
    expect(await funnels()).toMatchObject({ status: 403, json: { code } })
  })

  test('stops refreshes at once: of the schedule, of callers, and on demand', async () => {
    await funnels()
    service.services.clock.advance(7200)
    await suspend()
    await allShards()
    // The caller's minute has not passed: it is the refresh that refuses.
    expect(await funnels()).toMatchObject({ status: 403, json: { code } })
    const now = await service.call('POST', `/v1/connections/${connection.id}/refresh`, undefined, key)
    expect(now).toMatchObject({ status: 403, json: { code } })
    expect(service.services.clickfunnels.counts.refresh).toBe(0)
    await resume()
    expect(await funnels()).toMatchObject({ status: 200 })
    expect(service.services.clickfunnels.counts.refresh).toBe(1)
  })

  test('leaves what others have alone', async () => {
    const other = await sceneOn(service.services)
    const untouched = await other.connect()
    const theirs = (
      await issueApiKey(service.services, other.app.tenantId, { name: 'CI', scopes: SCOPES })
    ).key.reveal()
    await suspend()
    service.pass(60)
    const path = `/v1/connections/${untouched.id}/funnels`
    expect(await service.call('GET', path, undefined, theirs)).toMatchObject({ status: 200 })
  })
})

test('a refresh that is under way when its connection is suspended keeps what it got', async () => {
  const { services } = service
  services.clock.advance(7200)
  services.clickfunnels.script('refresh', async (work) => {
    const answer = await work()
    await service.call('PATCH', pathOf('/connections'), { suspended: true })
    return answer
  })
  expect(await funnels()).toMatchObject({ status: 200 })
  expect(await scene.stored(connection)).toMatchObject({ generation: 2, suspendedAt: services.now() })
  services.tokenMemory.forget({ tenantId: connection.tenantId, connectionId: connection.id })
  expect(await funnels()).toMatchObject({ status: 403 })
})

test.each(SWITCHES.slice(0, 2))(
  'a suspended %s starts no sessions and completes none from that moment on, until it is resumed',
  async (what, _, folder, off, on) => {
    const journey = await scene.leave()
    await scene.comeBack(journey)
    const post = (path: string, body: object) =>
      service.call('POST', `/v1/connect-sessions${path}`, body, key)
    const start = () => post('', { end_user: { id: 'bob' }, return_url: journey.session.returnUrl })
    const complete = () =>
      post(`/${journey.session.id}/complete`, {
        end_user: { id: 'alice' },
        completion_code: scene.completionCode(journey),
      })
    // Whoever is called knows the caller, as active, for a minute from here.
    expect(await start()).toMatchObject({ status: 201 })
    const refused = { status: 403, json: { code: `${what}_suspended` } }
    await service.call('PATCH', pathOf(folder), off)
    expect(await start()).toMatchObject(refused)
    expect(await complete()).toMatchObject(refused)
    service.pass(60)
    expect(await start()).toMatchObject(refused)
    expect(await complete()).toMatchObject(refused)
    expect(service.services.clickfunnels.counts.exchangeCode).toBe(1)
    await service.call('PATCH', pathOf(folder), on)
    service.pass(60)
    expect(await start()).toMatchObject({ status: 201 })
    expect(await complete()).toMatchObject({ status: 200 })
  },
)

test('an app is read once to be switched, and given as it is then', async () => {
  const { apps, clock } = service.services
  const get = apps.get.bind(apps)
  let reads = 0
  apps.get = (...args) => {
    reads += 1
    return get(...args)
  }
  const { json } = await service.call('PATCH', pathOf('/apps'), { status: 'suspended' })
  expect(json).toMatchObject({ status: 'suspended', suspended_at: toRfc3339(clock.now()) })
  expect(reads).toBe(1)
})

test('a warm call asks the store nothing, kill switches or not', async () => {
  await funnels()
  const { services } = service
  let asked = 0
  const unreachable = async () => {
    asked += 1
    return undefined
  }
  Object.assign(services.tenants, { get: unreachable })
  Object.assign(services.apps, { get: unreachable })
  Object.assign(services.connections, { get: unreachable })
  expect(await funnels()).toMatchObject({ status: 200 })
  expect(asked).toBe(0)
})

test('the operator sees what is suspended, and switching twice changes nothing', async () => {
  for (const [, , folder, off] of SWITCHES) {
    const first = await service.call('PATCH', pathOf(folder), off)
    service.pass(10)
    expect(await service.call('PATCH', pathOf(folder), off)).toMatchObject({
      status: 200,
      json: folder === '' ? {} : first.json,
    })
  }
  expect((await service.call('GET', pathOf('/apps'))).json).toMatchObject({ status: 'suspended' })
  expect((await service.call('GET', pathOf('/connections'))).json).toMatchObject({
    status: 'active',
    suspended_at: expect.any(String),
  })
  expect((await service.call('GET', `${base()}/connections`)).json.data).toHaveLength(1)
  expect((await service.call('GET', '/v1/tenants')).json.data).toMatchObject([{ status: 'suspended' }])
})

test("another tenant's app or connection is switched by nobody", async () => {
  const other = await sceneOn(service.services)
  const elsewhere = `/v1/tenants/${other.app.tenantId}`
  const tries = [
    service.call('PATCH', `${elsewhere}/apps/${connection.appId}`, { status: 'suspended' }),
    service.call('PATCH', `${elsewhere}/connections/${connection.id}`, { suspended: true }),
    service.call('GET', `${elsewhere}/connections/${connection.id}`),
    service.call('GET', `${base()}x/connections`),
  ]
  for (const answer of await Promise.all(tries)) expect(answer).toMatchObject({ status: 404 })
  expect(await funnels()).toMatchObject({ status: 200 })
})

test('a connection that needs its end user is not made due by being resumed', async () => {
  const { services } = service
  const ref = { tenantId: connection.tenantId, connectionId: connection.id }
  const ended = { status: 'reauthorization_required', reason: 'grant_refused' } as const
  const change = { state: ended, dueAt: null, updatedAt: services.now() }
  await services.connections.update(ref, { generation: 1 }, change)
  for (const suspended of [true, false]) {
    const answer = await service.call('PATCH', pathOf('/connections'), { suspended })
    expect(answer).toMatchObject({ status: 200 })
  }
  expect(await scene.stored(connection)).not.toHaveProperty('dueAt')
  expect(await scene.stored(connection)).not.toHaveProperty('suspendedAt')
})
