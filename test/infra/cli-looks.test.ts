// What the operator sees of refused connections, and the commands that look at them now.
import { PassThrough, Readable } from 'node:stream'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { main } from '../../infra/cli/tenants.ts'
import { run } from '../domain/keep-alive/keep-alive-runs.ts'
import { type Scene, sceneOn } from '../fakes/scene.ts'
import { type ServiceInProcess, startInProcess } from '../support/service.ts'

const REFUSED = { outcome: 'grant_refused', error: 'invalid_grant' } as const
const EXPIRED_SECONDS = 7200

let service: ServiceInProcess | undefined
let scene: Scene
let connections: readonly { readonly id: string }[]
beforeEach(async () => {
  await service?.close()
  service = await startInProcess()
  scene = await sceneOn(service.services)
  service.services.clickfunnels.tokens.mode = 'rotating'
  connections = await scene.connectMany(7)
})
afterAll(() => service?.close())

async function tenants(line: string) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const io = { env: { FUNNEL_CONNECT_URL: service?.url }, stdin: Readable.from(['']), stdout, stderr }
  const code = await main(line.split(' '), io)
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') }
}
/** Everything is due and refused, twice. */
async function refuseAll(): Promise<void> {
  const { services } = scene
  services.clickfunnels.always('refresh', REFUSED)
  service?.pass(EXPIRED_SECONDS)
  await run(services)
  service?.pass(75)
  await run(services)
}

test('"apps show" says how many connections are refused, and until when none is ended', async () => {
  const show = async () => (await tenants(`apps show ${scene.app.tenantId} ${scene.app.id}`)).out
  expect(await show()).toMatch(/^health +working$/m)
  expect(await show()).not.toMatch(/^refused/m)
  await refuseAll()
  expect(await show()).toMatch(/^health +connections_refused since /m)
  expect(await show()).toMatch(
    /^refused +6 or more connections, and none accepted since; no connection is ended before /m,
  )
})

test('"connections show" says when a connection was refused and when it ended', async () => {
  const id = connections[0]?.id
  const show = async () => (await tenants(`connections show ${scene.app.tenantId} ${id}`)).out
  scene.services.clickfunnels.script('refresh', REFUSED)
  service?.pass(EXPIRED_SECONDS)
  expect((await tenants(`connections look ${scene.app.tenantId} ${id}`)).out).toMatch(
    /^found +ClickFunnels refuses the tokens$/m,
  )
  expect(await show()).toMatch(/^refused +\d/m)
  expect(await show()).not.toMatch(/^ended/m)
  service?.pass(75)
  scene.services.clickfunnels.script('refresh', REFUSED)
  await tenants(`connections look ${scene.app.tenantId} ${id}`)
  expect(await show()).toMatch(/^ended +\d/m)
})

test('"connections look" revives a connection whose tokens ClickFunnels accepts again, and the trail says so', async () => {
  const [id] = connections.map((connection) => connection.id)
  await refuseAll()
  scene.services.clickfunnels.always('refresh')
  const looked = await tenants(`connections look ${scene.app.tenantId} ${id}`)
  expect(looked).toMatchObject({ code: 0 })
  expect(looked.out).toMatch(/^found +ClickFunnels accepts the tokens$/m)
  expect(looked.out).toMatch(/^status +active$/m)
  const trail = await tenants(`audit ${scene.app.tenantId} --action connection.refresh`)
  expect(trail.out).toContain(id)
})

test('"connections look-refused" looks at all refused connections, and says what is left', async () => {
  await refuseAll()
  const refused = await tenants(`connections look-refused ${scene.app.tenantId}`)
  expect(refused).toMatchObject({ code: 0 })
  expect(refused.out).toMatch(/^refused +7$/m)
  scene.services.clickfunnels.always('refresh', { outcome: 'rate_limited' })
  const limited = await tenants(`connections look-refused ${scene.app.tenantId}`)
  expect(limited.code).toBe(3)
  expect(limited.err).toContain('7 connections could not be looked at')
  scene.services.clickfunnels.always('refresh')
  // So many failures were an outage, in which one request a second is made.
  service?.pass(1)
  const works = await tenants(`connections look-refused ${scene.app.tenantId}`)
  expect(works).toMatchObject({ code: 0 })
  expect(works.out).toMatch(/^work again +7$/m)
  expect((await tenants(`connections look-refused ${scene.app.tenantId}`)).out).toMatch(
    /^looked at +0 refused/m,
  )
})

test('a connection that is missing is not found, and one that is suspended is not asked about', async () => {
  const [id] = connections.map((connection) => connection.id)
  const missing = `connections look ${scene.app.tenantId} conn_01hzzzzzzzzzzzzzzzzzzzzzzz`
  expect(await tenants(missing)).toMatchObject({ code: 1 })
  await tenants(`connections suspend ${scene.app.tenantId} ${id}`)
  const looked = await tenants(`connections look ${scene.app.tenantId} ${id}`)
  expect(looked.out).toMatch(/^found +ClickFunnels was not asked \(connection_suspended\)$/m)
  expect(scene.services.clickfunnels.counts.refresh).toBe(0)
})
