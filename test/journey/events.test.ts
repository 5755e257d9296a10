// The event log over HTTP: what a tenant is told of the life of its connections, through the template's stream and function.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'
import { ageRefusals, makeAllDue } from '../support/table.ts'

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
  const broken = await page(tenant, '&types=connection.broken,connection.recovered')
  expect(broken.data.map(({ id: event }) => event)).toEqual([events[3]?.id])
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
