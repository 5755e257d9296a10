// Events of ClickFunnels over HTTP: endpoints are created on connect, what ClickFunnels delivers is in the log once, and a user
// who disconnects the app there breaks the connection within seconds.
import { createHmac } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'
import { keysStored, makeAllDue } from '../support/table.ts'
import { startWebhookReceiver } from '../support/webhook-receiver.ts'

interface Event {
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}
interface Endpoint {
  readonly url: string
  readonly event_type_ids: readonly string[]
  readonly webhook_secret: string
}

/** How many events happen: 1,000 in .ci/run, fewer where every second counts. */
const COUNT = Number(process.env.CLICKFUNNELS_EVENTS ?? 20)
const TYPE = 'contact.identified'
const DISCONNECTED = 'platform_application.disconnected'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

async function until<T>(look: () => Promise<T | undefined>, seconds = 10): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ; ) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error('It did not happen in time')
    await sleep(50)
  }
}

async function log({ apiKey }: TestTenant, query = ''): Promise<Event[]> {
  const events: Event[] = []
  for (let after = '0'; ; ) {
    const { json } = await stack.api(`/v1/events?limit=100&after=${after}${query}`, { key: apiKey })
    events.push(...json.data)
    if (json.next_cursor === after) return events
    after = json.next_cursor
  }
}

const logged = (tenant: TestTenant, type: string) =>
  until(async () => (await log(tenant, `&types=${type}`))[0])

const setTypes = ({ id, appId }: TestTenant, event_types: readonly string[] | null) =>
  stack.api(`/v1/tenants/${id}/apps/${appId}`, { method: 'PATCH', body: { event_types } })

async function endpointsOf(connection: string): Promise<Endpoint[]> {
  const { json } = await stack.control('GET', 'endpoints')
  return json.endpoints.filter(({ url }: Endpoint) => url.includes(connection.slice('conn_'.length)))
}

async function connected(
  tokens: 'non_expiring' | 'rotating' = 'non_expiring',
  types: readonly string[] = [TYPE],
) {
  const tenant = await stack.createTenant({ tokens })
  expect((await setTypes(tenant, types)).json.event_types).toEqual(types)
  const { id } = (await stack.connect(tenant)).json
  const [endpoint] = await until(async () => {
    const found = await endpointsOf(id)
    return found.length > 0 ? found : undefined
  })
  if (endpoint === undefined) throw new Error('no endpoint')
  return { tenant, id: id as string, endpoint }
}

function deliver(
  { url, webhook_secret }: Endpoint,
  body: string,
  given: { at?: number; secret?: string } = {},
) {
  const { at = Math.floor(Date.now() / 1000), secret = webhook_secret } = given
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
  return fetch(url, {
    method: 'POST',
    body,
    headers: {
      'x-webhook-clickfunnels-timestamp': String(at),
      'x-webhook-clickfunnels-signature': signature,
    },
  })
}

test('creates the endpoint on connect, takes a signed event once, and refuses everything else', async () => {
  const { tenant, id, endpoint } = await connected()
  expect(endpoint.event_type_ids).toEqual([TYPE, DISCONNECTED])
  const body =
    '{"event_id":"60df598e94fd41d58f202bbc1e05fa38",  "event_type":"contact.identified", "data":{"n":1.0}}'
  // The function starts, which no bound counts.
  await deliver(endpoint, 'no JSON')
  const began = Date.now()
  const first = await deliver(endpoint, body)
  expect([first.status, await first.json()]).toEqual([202, { status: 'stored' }])
  expect(Date.now() - began).toBeLessThan(1_000)
  expect(await (await deliver(endpoint, body)).json()).toEqual({ status: 'repeated' })
  const event = await logged(tenant, `clickfunnels.${TYPE}`)
  expect(event).toMatchObject({
    type: `clickfunnels.${TYPE}`,
    data: { connection_id: id, event_id: '60df598e94fd41d58f202bbc1e05fa38', body, sequence: 2 },
  })
  const before = await keysStored(stack)
  const now = Math.floor(Date.now() / 1000)
  const other = body.replace('60df', '70df')
  const refused = async (answer: Promise<Response>) => (await answer).status
  expect(await refused(deliver(endpoint, other, { secret: 'f'.repeat(64) }))).toBe(401)
  expect(await refused(deliver(endpoint, other, { at: now - 700 }))).toBe(401)
  expect(await refused(deliver(endpoint, other, { at: now + 700 }))).toBe(401)
  const elsewhere = { ...endpoint, url: `${endpoint.url.slice(0, -3)}AAA` }
  expect(await refused(deliver(elsewhere, other))).toBe(404)
  expect(await refused(deliver({ ...endpoint, url: `${stack.url}/v1/clickfunnels-events/x` }, other))).toBe(
    404,
  )
  expect(await refused(deliver(endpoint, `"${'x'.repeat(70_000)}"`))).toBe(413)
  expect(await refused(deliver(endpoint, 'no JSON'))).toBe(400)
  expect(await refused(deliver(endpoint, '{"event_id":1}'))).toBe(422)
  expect(await refused(deliver(endpoint, other.replace(TYPE, 'order.created')))).toBe(204)
  expect(await keysStored(stack)).toEqual(before)
  expect((await log(tenant, '&types=clickfunnels.*')).length).toBe(1)
})

test.each(['non_expiring', 'rotating'] as const)(
  'a user who disconnects the app breaks the connection, and a server of the tenant hears of it within 5 s (%s tokens)',
  async (tokens) => {
    const { tenant, id } = await connected(tokens, [])
    const receiver = await startWebhookReceiver()
    const body = { url: receiver.url, types: ['connection.broken'] }
    await stack.api('/v1/webhook-endpoints', { method: 'POST', key: tenant.apiKey, body })
    const began = Date.now()
    await stack.control('POST', 'installations/revoke', {
      client_id: tenant.clientId,
      workspace_id: WORKSPACE_ID,
    })
    await receiver.untilReceived(1, 5_000)
    expect(Date.now() - began).toBeLessThan(5_000)
    await receiver.close()
    const broken = await logged(tenant, 'connection.broken')
    expect(receiver.received.map(({ event }) => event)).toEqual([broken])
    expect(broken.data).toMatchObject({ connection_id: id, reason: 'disconnected_by_provider' })
    const types = (await log(tenant)).map(({ type }) => type)
    expect(types).not.toContain('connection.at_risk')
    expect(types.filter((type) => type === 'connection.broken')).toHaveLength(1)
    expect(types).toContain(`clickfunnels.${DISCONNECTED}`)
  },
)

test('a report about another application, and one about a connection that works, end nothing', async () => {
  const { tenant, id } = await connected('non_expiring', [])
  const report = (uid: string) =>
    stack.control('POST', 'events', { workspace_id: WORKSPACE_ID, type: DISCONNECTED, data: { uid } })
  await report('another-application')
  await report(tenant.clientId)
  await until(async () => ((await log(tenant, '&types=clickfunnels.*')).length >= 2 ? true : undefined))
  await sleep(300)
  const { json } = await stack.api(`/v1/connections/${id}`, { key: tenant.apiKey })
  expect(json.status).toBe('active')
  expect((await log(tenant)).map(({ type }) => type)).not.toContain('connection.broken')
})

test('a disconnection deletes the endpoint first; what ClickFunnels still sends is answered 204', async () => {
  const { tenant, id, endpoint } = await connected()
  expect((await stack.api(`/v1/connections/${id}`, { method: 'DELETE', key: tenant.apiKey })).status).toBe(
    204,
  )
  expect(await endpointsOf(id)).toEqual([])
  const body = JSON.stringify({ event_id: 'late', event_type: TYPE })
  expect((await deliver(endpoint, body)).status).toBe(204)
  expect((await deliver(endpoint, body, { secret: 'f'.repeat(64) })).status).toBe(401)
})

test(`of ${COUNT} events that are dropped, repeated, late and forged, the log has each true one once`, async () => {
  const { tenant, id } = await connected()
  const traps = [undefined, 'drop', 'twice', 'late', 'wrong_secret', 'old_timestamp']
  const happened: string[] = []
  for (let left = COUNT; left > 0; left -= 10) {
    const trap = traps[(left / 10) % traps.length]
    const order = { workspace_id: WORKSPACE_ID, count: Math.min(10, left), ...(trap && { trap }) }
    const { json } = await stack.control('POST', 'events', order)
    happened.push(...json.events.map(({ event_id }: { event_id: string }) => event_id))
  }
  await until(async () => {
    const { json } = await stack.control('GET', 'deliveries')
    return json.under_way === 0 ? true : undefined
  }, 300)
  await makeAllDue(stack)
  await stack.runSchedules()
  const own = await until(async () => {
    const found = (await log(tenant, `&types=clickfunnels.*&connection_id=${id}`)).map(({ data }) => data)
    return found.length >= COUNT ? found : undefined
  }, 60)
  expect(own.map(({ event_id }) => event_id).toSorted()).toEqual(happened.toSorted())
  expect(own.some(({ repaired }) => repaired === true)).toBe(true)
  expect(new Set(own.map(({ sequence }) => sequence)).size).toBe(COUNT)
  await makeAllDue(stack)
  await stack.runSchedules()
  expect(await log(tenant, '&types=clickfunnels.*')).toHaveLength(COUNT)
}, 600_000)
