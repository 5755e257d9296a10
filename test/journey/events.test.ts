// The event log over HTTP: what a tenant is told of the life of its connections, through the template's stream and function.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'
import { ageRefusals, makeAllDue } from '../support/table.ts'
import { AUDIENCE, startTokenIssuer } from '../support/token-issuer.ts'

interface Event {
  readonly id: string
  readonly type: string
  readonly timestamp: string
  readonly data: Readonly<Record<string, unknown>>
}

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

const page = async ({ apiKey }: TestTenant, query = '') =>
  (await stack.api(`/v1/events?limit=100${query}`, { key: apiKey })).json as {
    data: Event[]
    next_cursor: string
  }

/** The log, once it has so many events. */
async function log(tenant: TestTenant, count: number): Promise<Event[]> {
  for (let attempt = 0; ; attempt++) {
    const { data } = await page(tenant)
    if (data.length >= count || attempt === 100) return data
    await sleep(100)
  }
}
const story = (events: readonly Event[]) =>
  events.map(({ type, data }) => [type, data.reason ?? data.by].filter(Boolean).join(': '))

test('tells the life of a connection: created, reconnected, broken, recovered, disconnected', async () => {
  const tenant = await stack.createTenant({ tokens: 'non_expiring' })
  expect(await page(tenant)).toEqual({ data: [], next_cursor: '0' })
  const begun = Date.now()
  const { id } = (await stack.connect(tenant)).json
  const [created] = await log(tenant, 1)
  expect(Date.now() - begun).toBeLessThan(20_000)
  expect(created).toEqual({
    id: expect.stringMatching(/^evt_/),
    type: 'connection.created',
    timestamp: expect.stringMatching(/Z$/),
    data: { connection_id: id, app_id: tenant.appId, end_user: { id: 'user-1' }, sequence: 1 },
  })
  await stack.connect(tenant, { connectionId: id })
  await stack.control('POST', 'tokens/revoke', { client_id: tenant.clientId })
  await makeAllDue(stack)
  await stack.runSchedules()
  await ageRefusals(stack)
  await makeAllDue(stack)
  await stack.runSchedules()
  await stack.connect(tenant, { connectionId: id })
  await stack.api(`/v1/connections/${id}`, { method: 'DELETE', key: tenant.apiKey })
  const events = await log(tenant, 6)
  expect(story(events)).toEqual([
    'connection.created',
    'connection.reconnected',
    'connection.at_risk: revoked_at_provider',
    'connection.broken: revoked_at_provider',
    'connection.reconnected',
    'connection.disconnected: api_key',
  ])
  expect(events.map(({ data }) => data.sequence)).toEqual([1, 2, 3, 4, 5, 6])
  const { next_cursor } = await page(tenant)
  expect(await page(tenant, `&after=${next_cursor}`)).toEqual({ data: [], next_cursor })
  expect(await page(tenant, '&after=latest')).toEqual({ data: [], next_cursor })
  const broken = await page(tenant, '&types=connection.broken,connection.recovered')
  expect(broken.data.map(({ id: event }) => event)).toEqual([events[3]?.id])
})

test('repeats tags and label, which the back end sets with the session and changes later', async () => {
  const tenant = await stack.createTenant()
  const { apiKey: key } = tenant
  const noted = { tags: { project: '4711' }, label: 'Main shop' }
  const { id, tags, label } = (await stack.connect(tenant, { session: noted })).json
  expect({ tags, label }).toEqual(noted)
  const change = { tags: { project: '4712', plan: 'pro' }, label: null }
  const patch = (body: object) => stack.api(`/v1/connections/${id}`, { method: 'PATCH', key, body })
  const changed = await patch(change)
  expect(changed).toMatchObject({ status: 200, json: { id, tags: change.tags } })
  expect(changed.json).not.toHaveProperty('label')
  expect((await stack.api(`/v1/connections/${id}`, { key })).json).toEqual(changed.json)
  expect((await patch({ tags: { k: 1 } })).status).toBe(422)
  await stack.api(`/v1/connections/${id}`, { method: 'DELETE', key })
  const [created, disconnected] = await log(tenant, 2)
  expect(created?.data).toMatchObject(noted)
  expect(disconnected?.data).toMatchObject({ tags: change.tags, by: 'api_key' })
  const trail = await stack.api(`/v1/tenants/${tenant.id}/audit-events?action=connection.update`)
  expect(trail.json.data).toMatchObject([
    { actor: { type: 'api_key' }, resource: { id }, result: 'ok', reason: 'tags, label' },
  ])
  const deleted = await patch({})
  expect(deleted).toMatchObject({ status: 404, json: { code: 'not_found' } })
})

test("is one tenant's own, and refuses what is no cursor and no type", async () => {
  const tenant = await stack.createTenant()
  const other = await stack.createTenant({ name: 'Other' })
  await stack.connect(tenant)
  expect(await log(tenant, 1)).toHaveLength(1)
  expect((await page(other)).data).toEqual([])
  const status = async (query: string, key?: string) =>
    (await stack.api(`/v1/events${query}`, key === undefined ? {} : { key })).status
  expect(await status('')).toBe(401)
  expect(await status('?after=nonsense', tenant.apiKey)).toBe(422)
  expect(await status('?types=connection.imploded', tenant.apiKey)).toBe(422)
})

test('an end user reads its own events only', async () => {
  const tenant = await stack.createTenant()
  const issuer = await startTokenIssuer()
  onTestFinished(() => issuer.close())
  const provider = {
    issuer: issuer.issuer,
    audience: AUDIENCE,
    jwks_uri: issuer.jwksUri,
    algorithms: ['ES256'],
  }
  await stack.api(`/v1/tenants/${tenant.id}/identity-providers`, { method: 'POST', body: provider })
  await stack.connect(tenant, { endUser: 'user-1' })
  const { id } = (await stack.connect(tenant, { endUser: 'user-2' })).json
  expect(await log(tenant, 2)).toHaveLength(2)
  const own = await stack.api('/v1/events', { key: issuer.token('user-2') })
  expect(own.json.data.map(({ data }: Event) => data.connection_id)).toEqual([id])
  const others = await stack.api('/v1/events?end_user_id=user-1', { key: issuer.token('user-2') })
  expect(others.json.data).toEqual([])
})

test("tells of the operator's switches and of an outage, each once", async () => {
  const tenant = await stack.createTenant({ lifetime: 600 })
  const ids: string[] = []
  for (const endUser of ['one', 'two', 'three', 'four'])
    ids.push((await stack.connect(tenant, { endUser })).json.id)
  const switched = (suspended: boolean) =>
    stack.api(`/v1/tenants/${tenant.id}/connections/${ids[0]}`, { method: 'PATCH', body: { suspended } })
  for (const suspended of [true, true, false]) await switched(suspended)
  const fault = { kind: 'status', status: 503 }
  await stack.control('POST', 'faults', { path: '/oauth/token', times: 1000, fault })
  await makeAllDue(stack)
  await stack.runSchedules()
  await stack.control('DELETE', 'faults')
  await makeAllDue(stack)
  await stack.runSchedules()
  const told = story((await log(tenant, 8)).filter(({ type }) => type !== 'connection.created'))
  expect(told).toEqual([
    'connection.suspended',
    'connection.resumed',
    'app.unhealthy: provider_down',
    'app.healthy: provider_down',
  ])
})

test('a publisher that dies loses nothing, and what the stream did not bring comes with the schedule', async () => {
  const tenant = await stack.createTenant()
  const connecting = Array.from({ length: 6 }, (_, number) =>
    stack.connect(tenant, { endUser: `user-${number}` }),
  )
  const killing = setInterval(() => stack.recycle('publish-events'), 150)
  await Promise.all(connecting)
  clearInterval(killing)
  const events = await log(tenant, 6)
  expect(new Set(events.map(({ data }) => data.connection_id)).size).toBe(6)
  expect(events).toHaveLength(6)
})
