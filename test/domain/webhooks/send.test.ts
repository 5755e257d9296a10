// From the event in the log to the request at the endpoint, on fakes and virtual time.
import { Webhook } from 'standardwebhooks'
import { beforeEach, expect, test } from 'vitest'
import { publishEvents } from '#domain/events/publish-events.ts'
import type { DeliveryRef } from '#domain/events/subscribers.ts'
import { later } from '#domain/time.ts'
import type { Delivery } from '#domain/webhooks/delivery.ts'
import { refOfEndpoint } from '#domain/webhooks/endpoint.ts'
import {
  createEndpoint,
  type EndpointWithSecret,
  rotateSecret,
  updateEndpoint,
} from '#domain/webhooks/manage-endpoints.ts'
import { send } from '#domain/webhooks/send.ts'
import { wakeDue } from '#domain/webhooks/wake-due.ts'
import { aConnection, aTenant, refOf } from '../../contracts/samples.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

const always = () => true
const tenant = aTenant()
let services: FakeServices
let made: EndpointWithSecret
beforeEach(async () => {
  services = fakeServices()
  await services.tenants.create(tenant)
  made = await createEndpoint(services, tenant.id, { url: 'https://saas.example.com/hooks' })
})

const stored = async () => {
  const connection = aConnection(tenant.id)
  await services.connections.create(connection)
  return connection
}
const switched = (connection: Parameters<typeof refOf>[0], suspendedAt: 0 | null) =>
  services.connections.update(
    refOf(connection),
    { generation: 1 },
    { suspendedAt: suspendedAt === null ? null : services.now(), updatedAt: services.now() },
  )
/** What the queue holds now: the senders take all of it, in the order it was sent. */
async function senders(): Promise<void> {
  for (const { deliveries, wake } of services.senders.woken.splice(0)) await deliver(deliveries, wake.vain)
}
async function deliver(deliveries: readonly DeliveryRef[], vain = 0): Promise<string[]> {
  const results: string[] = []
  for (const [, refs] of Map.groupBy(deliveries, ({ endpointId }) => endpointId)) {
    const [first] = refs
    if (first !== undefined) results.push(await send(services, { ...first, deliveries: refs, vain }, always))
  }
  return results
}
const publish = () => publishEvents(services, tenant.id)
const sent = () => services.webhookClient.requests.map(({ body }) => JSON.parse(body))
const all = (): Delivery[] => [...services.deliveries.items.values()]

test('an event is posted once, with a signature that the library accepts', async () => {
  await stored()
  await publish()
  await senders()
  const [request, ...more] = services.webhookClient.requests
  expect(more).toEqual([])
  if (request === undefined) throw new Error('nothing was sent')
  const { headers, body, url } = request
  expect(url).toBe('https://saas.example.com/hooks')
  const { id } = JSON.parse(body)
  const at = new Date(services.now() * 1000)
  expect(headers).toMatchObject({
    'webhook-id': id,
    'webhook-timestamp': String(services.now()),
    'webhook-signature': new Webhook(made.secret.reveal()).sign(id, at, body),
  })
  expect(all()).toMatchObject([
    { status: 'delivered', attempts: [{ status: 204, milliseconds: 12 }], tries: 1 },
  ])
})

test('a failure is repeated with the same id after five seconds, and another signature', async () => {
  services.webhookClient.answers.push({ status: 500, answer: 'oops' })
  await stored()
  await publish()
  await senders()
  expect(services.senders.woken).toMatchObject([{ wake: { delaySeconds: 5 } }])
  const [{ deliveries = [] } = {}] = services.senders.woken
  // A sender that is woken too early does nothing.
  await deliver(deliveries)
  expect(services.webhookClient.requests).toHaveLength(1)
  services.clock.advance(5)
  await senders()
  const [first, second] = services.webhookClient.requests
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
  expect(second?.body).toBe(first?.body)
  expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature'])
  expect(all()).toMatchObject([
    { status: 'delivered', tries: 2, attempts: [{ status: 500, answer: 'oops' }, { status: 204 }] },
  ])
})

test('while a secret is replaced, both sign', async () => {
  await rotateSecret(services, refOfEndpoint(made.endpoint))
  await stored()
  await publish()
  await senders()
  expect(services.webhookClient.requests[0]?.headers['webhook-signature']?.split(' ')).toHaveLength(2)
})

test('after ten failed attempts in 75 hours the delivery has failed', async () => {
  services.webhookClient.always = { fault: 'timeout' }
  await stored()
  await publish()
  const begun = services.now()
  for (let minute = 0; minute < 90 * 60 && all()[0]?.status === 'waiting'; minute++) {
    await senders()
    services.clock.advance(60)
    await wakeDue(services)
  }
  expect(all()).toMatchObject([{ status: 'failed', failure: 'exhausted', tries: 10 }])
  expect(all()[0]?.attempts).toHaveLength(10)
  const hours = (services.now() - begun) / 3600
  expect(hours).toBeGreaterThan(67)
  expect(hours).toBeLessThan(84)
})

test('later events of a connection wait for a failing one, those of others do not', async () => {
  const [one, other] = [await stored(), await stored()]
  const { webhookClient } = services
  const post = webhookClient.post.bind(webhookClient)
  webhookClient.post = async (request) =>
    request.body.includes(one.id) ? { status: 500, milliseconds: 12 } : post(request)
  await publish()
  await senders()
  webhookClient.post = post
  services.senders.woken.length = 0
  await switched(one, 0)
  await switched(other, 0)
  await publish()
  await senders()
  expect(sent().map(({ data, type }) => [data.connectionId, type])).toEqual([
    [other.id, 'connection.created'],
    [other.id, 'connection.suspended'],
  ])
  // When the first one is through, the next follows at once, without the queue.
  services.clock.advance(6)
  await deliver(all().filter(({ subject, sequence }) => subject === one.id && sequence === 1))
  expect(
    sent()
      .slice(2)
      .map(({ data, type }) => [data.connectionId, type]),
  ).toEqual([
    [one.id, 'connection.created'],
    [one.id, 'connection.suspended'],
  ])
})

test('after an hour an event waits no longer', async () => {
  const connection = await stored()
  services.webhookClient.always = { status: 500 }
  await publish()
  await senders()
  await switched(connection, 0)
  await publish()
  await senders()
  const types = () => sent().map(({ type }) => type)
  const second = all().filter(({ sequence }) => sequence === 2)
  services.clock.advance(3600 - 301)
  await deliver(second)
  expect(types()).not.toContain('connection.suspended')
  services.clock.advance(301)
  await deliver(second)
  expect(types()).toContain('connection.suspended')
})

test('410 disables the endpoint at once, with an event for the others', async () => {
  const other = await createEndpoint(services, tenant.id, { url: 'https://other.example.com/' })
  services.webhookClient.answers.push({ status: 410 })
  await stored()
  await publish()
  await senders()
  const ref = refOfEndpoint(made.endpoint)
  expect(await services.endpoints.get(ref)).toMatchObject({ disabled: { reason: 'gone' } })
  services.webhookClient.requests.length = 0
  await publish()
  await senders()
  expect(services.webhookClient.requests.map(({ url }) => url)).toEqual([other.endpoint.url])
  expect(sent()).toMatchObject([
    {
      type: 'webhook_endpoint.disabled',
      data: { endpointId: made.endpoint.id, reason: 'gone', sequence: 1 },
    },
  ])
})

test('what waits for an endpoint that was disabled or deleted is not sent', async () => {
  const other = await createEndpoint(services, tenant.id, { url: 'https://other.example.com/' })
  await stored()
  await publish()
  await updateEndpoint(services, refOfEndpoint(made.endpoint), { enabled: false })
  await services.endpoints.remove(refOfEndpoint(other.endpoint))
  await senders()
  expect(services.webhookClient.requests).toEqual([])
  expect(all().map(({ status, failure }) => [status, failure])).toEqual([
    ['failed', 'endpoint_disabled'],
    ['failed', 'endpoint_deleted'],
  ])
})

test('an endpoint gets the types that it asked for', async () => {
  await updateEndpoint(services, refOfEndpoint(made.endpoint), { types: ['connection.suspended'] })
  const connection = await stored()
  await switched(connection, 0)
  await publish()
  await senders()
  expect(sent().map(({ type }) => type)).toEqual(['connection.suspended'])
})

test('an attempt whose process died is made again when its claim has ended', async () => {
  await stored()
  await publish()
  const refs = services.senders.woken.splice(0).flatMap(({ deliveries }) => deliveries)
  const dying = { ...services, webhookClient: { post: () => Promise.reject(new Error('killed')) } }
  const [first] = refs
  if (first === undefined) throw new Error('nothing to send')
  await expect(send(dying, { ...first, deliveries: refs, vain: 0 }, always)).rejects.toThrow('killed')
  await deliver(refs)
  expect(services.webhookClient.requests).toEqual([])
  services.clock.advance(30)
  expect(await wakeDue(services)).toBe(1)
  await senders()
  expect(all()).toMatchObject([{ status: 'delivered', tries: 1 }])
})

test('two senders that are woken for the same delivery send it once', async () => {
  await stored()
  await publish()
  const refs = services.senders.woken.splice(0).flatMap(({ deliveries }) => deliveries)
  await Promise.all([deliver(refs), deliver(refs), deliver(refs)])
  expect(services.webhookClient.requests).toHaveLength(1)
})

test('an endpoint has four senders at the most; others come back after five seconds, three times', async () => {
  await stored()
  await publish()
  const refs = services.senders.woken.splice(0).flatMap(({ deliveries }) => deliveries)
  const now = services.now()
  for (let i = 0; i < 4; i++)
    await services.deliveries.takeSlot(refOfEndpoint(made.endpoint), now, later(now, 90))
  expect(await deliver(refs, 2)).toEqual(['busy'])
  expect(services.senders.woken).toMatchObject([{ wake: { delaySeconds: 5, vain: 3 } }])
  services.senders.woken.length = 0
  expect(await deliver(refs, 3)).toEqual(['busy'])
  expect(services.senders.woken).toEqual([])
})

test('events are published although the senders cannot be woken', async () => {
  await stored()
  const senders = { wake: () => Promise.reject(new Error('SQS is down')) }
  expect(await publishEvents({ ...services, senders }, tenant.id)).toBe(1)
  services.clock.advance(60)
  expect(await wakeDue(services)).toBe(1)
})
