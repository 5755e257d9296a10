// A tenant's server hears of what happens, through the whole service: the table's stream, the publisher, the queue, the sender.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'
import { untilPublished } from '../support/table.ts'
import { startWebhookReceiver, verify, type WebhookReceiver } from '../support/webhook-receiver.ts'

/** From the commit of the change to the first attempt, when nothing is queued. */
const LATENCY_MILLISECONDS = 2_000

let stack: TestStack
let tenant: TestTenant
let workspace = 70_000
const receivers: WebhookReceiver[] = []
beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant()
  // The functions start, which no bound counts.
  const receiver = await startWebhookReceiver()
  const { id } = await endpoint(receiver)
  await connect()
  await receiver.untilReceived(1, 20_000)
  await stack.api(`/v1/webhook-endpoints/${id}`, { method: 'DELETE', key: tenant.apiKey })
  await receiver.close()
})
afterEach(async () => {
  const { json } = await stack.api('/v1/webhook-endpoints', { key: tenant.apiKey })
  for (const { id } of json.data)
    await stack.api(`/v1/webhook-endpoints/${id}`, { method: 'DELETE', key: tenant.apiKey })
  for (const receiver of receivers.splice(0)) await receiver.close()
})
afterAll(() => stack.close())

async function endpoint(receiver: WebhookReceiver, more = {}) {
  const body = { url: receiver.url, ...more }
  const { json } = await stack.api('/v1/webhook-endpoints', { method: 'POST', key: tenant.apiKey, body })
  return json
}
async function newReceiver(): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver()
  receivers.push(receiver)
  return receiver
}
const connect = async (endUser = `user-${++workspace}`) => (await stack.connect(tenant, { endUser })).json.id

test('a connection is told to a server within two seconds, signed', async () => {
  const receiver = await newReceiver()
  const { secret } = await endpoint(receiver)
  const id = await connect()
  const connected = Date.now()
  await receiver.untilReceived(1, LATENCY_MILLISECONDS)
  const [webhook] = receiver.received
  if (webhook === undefined) throw new Error('nothing came')
  expect(webhook.at - connected).toBeLessThan(LATENCY_MILLISECONDS)
  verify(secret, webhook)
  expect(webhook.event).toMatchObject({
    type: 'connection.created',
    data: { connection_id: id, sequence: 1 },
  })
  expect(webhook.headers['webhook-id']).toBe(webhook.event.id)
  const { json } = await stack.api(`/v1/events?connection_id=${id}`, { key: tenant.apiKey })
  expect(json.data).toEqual([webhook.event])
})

test('after a 500 the same event comes again after about five seconds', async () => {
  const receiver = await newReceiver()
  const { secret } = await endpoint(receiver)
  receiver.answers.push((response) => response.writeHead(500).end('oops'))
  await connect()
  await receiver.untilReceived(2, 15_000)
  const [first, second] = receiver.received
  if (first === undefined || second === undefined) throw new Error('nothing came')
  expect(second.headers['webhook-id']).toBe(first.headers['webhook-id'])
  expect(second.body).toBe(first.body)
  expect(second.at - first.at).toBeGreaterThan(4_000)
  for (const webhook of [first, second]) verify(secret, webhook)
})

test('while the secret is replaced, a webhook holds with both', async () => {
  const receiver = await newReceiver()
  const { id, secret } = await endpoint(receiver)
  const path = `/v1/webhook-endpoints/${id}/rotate-secret`
  const { json } = await stack.api(path, { method: 'POST', key: tenant.apiKey })
  await connect()
  await receiver.untilReceived(1, 10_000)
  for (const one of [secret, json.secret]) for (const webhook of receiver.received) verify(one, webhook)
})

test('an endpoint that hangs does not delay another one', async () => {
  const [hanging, other] = [await newReceiver(), await newReceiver()]
  for (let i = 0; i < 50; i++) hanging.answers.push(() => {})
  await endpoint(hanging)
  const connections = await Promise.all(Array.from({ length: 6 }, () => connect()))
  await hanging.untilReceived(4, 10_000)
  await endpoint(other)
  connections.push(await connect())
  await other.untilReceived(1, LATENCY_MILLISECONDS)
})

test('410 disables an endpoint, and another one hears of it', async () => {
  const [gone, other] = [await newReceiver(), await newReceiver()]
  gone.answers.push((response) => response.writeHead(410).end())
  const { id } = await endpoint(gone)
  await endpoint(other, { types: ['webhook_endpoint.disabled'] })
  await connect()
  await other.untilReceived(1, 10_000)
  expect(other.received[0]?.event.data).toMatchObject({ webhook_endpoint_id: id, reason: 'gone' })
  const { json } = await stack.api(`/v1/webhook-endpoints/${id}`, { key: tenant.apiKey })
  expect(json).toMatchObject({ enabled: false, disabled_reason: 'gone' })
})

test('a test event comes, is listed with its answer, and is sent again on demand', async () => {
  const receiver = await newReceiver()
  receiver.answers.push((response) => response.writeHead(200).end('thanks'))
  const { id, secret } = await endpoint(receiver, { types: ['app.healthy'] })
  const path = `/v1/webhook-endpoints/${id}`
  const call = (method: string, more: string, body?: object) =>
    stack.api(`${path}${more}`, { method, key: tenant.apiKey, ...(body && { body }) })
  const { status, json: delivery } = await call('POST', '/test')
  expect([status, delivery.event_type]).toEqual([202, 'webhook_endpoint.test'])
  await receiver.untilReceived(1, 10_000)
  const listed = async (attempts: number) => {
    for (;;) {
      const [first] = (await call('GET', '/deliveries?limit=1')).json.data
      if (first?.status === 'delivered' && first.attempts.length === attempts) return first
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  expect(await listed(1)).toMatchObject({
    id: delivery.id,
    status: 'delivered',
    attempts: [{ status: 200, answer: 'thanks', milliseconds: expect.any(Number) }],
  })
  expect((await call('POST', `/deliveries/${delivery.id}/resend`)).status).toBe(202)
  await receiver.untilReceived(2, 10_000)
  expect(await listed(2)).toMatchObject({ attempts: [{ status: 200 }, { status: 204 }] })
  for (const webhook of receiver.received) verify(secret, webhook)
})

test('what happened before is replayed, by the tenant and by the operator', async () => {
  const started = new Date().toISOString()
  const connection = await connect()
  // Else the new endpoint would get the event without a replay.
  await untilPublished(stack)
  const receiver = await newReceiver()
  const { id } = await endpoint(receiver)
  const replayed = await stack.api(`/v1/webhook-endpoints/${id}/replay`, {
    method: 'POST',
    key: tenant.apiKey,
    body: { since: new Date(Date.parse(started) - 2000).toISOString() },
  })
  expect(replayed.status).toBe(202)
  const isSent = ({ event }: { event: { data: { connection_id: string } } }) =>
    event.data.connection_id === connection
  await receiver.untilReceived(replayed.json.deliveries, 10_000)
  expect(receiver.received.filter(isSent)).toHaveLength(1)
  const eventId = receiver.received.find(isSent)?.event.id
  const path = `/v1/tenants/${tenant.id}/webhook-endpoints/${id}/replay`
  const one = await stack.api(path, { method: 'POST', body: { event_ids: [eventId] } })
  expect(one.json).toEqual({ deliveries: 1 })
  await receiver.untilReceived(replayed.json.deliveries + 1, 10_000)
  expect(receiver.received.at(-1)?.event.id).toBe(eventId)
  const neither = await stack.api(path, { method: 'POST', body: {} })
  expect(neither.json.code).toBe('validation_failed')
})
