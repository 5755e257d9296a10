// Sending again: one delivery, a test, a stretch of the log.
import { beforeEach, expect, test } from 'vitest'
import { publishEvents } from '#domain/events/publish-events.ts'
import type { EventId } from '#domain/ids.ts'
import type { Delivery } from '#domain/webhooks/delivery.ts'
import { type EndpointRef, refOfEndpoint } from '#domain/webhooks/endpoint.ts'
import { listDeliveries, resend } from '#domain/webhooks/manage-deliveries.ts'
import { createEndpoint, updateEndpoint } from '#domain/webhooks/manage-endpoints.ts'
import { replay } from '#domain/webhooks/replay.ts'
import { send } from '#domain/webhooks/send.ts'
import { sendTest } from '#domain/webhooks/test-event.ts'
import { aConnection, aTenant, newId } from '../../contracts/samples.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

const tenant = aTenant()
let services: FakeServices
let ref: EndpointRef
beforeEach(async () => {
  services = fakeServices()
  await services.tenants.create(tenant)
  const { endpoint } = await createEndpoint(services, tenant.id, { url: 'https://saas.example.com/hooks' })
  ref = refOfEndpoint(endpoint)
})

async function happen(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    await services.connections.create(aConnection(tenant.id))
    services.clock.advance(1)
  }
  await publishEvents(services, tenant.id)
}
async function senders(): Promise<void> {
  for (const { deliveries } of services.senders.woken.splice(0))
    for (const [endpointId, refs] of Map.groupBy(deliveries, (one) => one.endpointId))
      await send(services, { ...ref, endpointId, deliveries: refs, vain: 0 }, () => true)
}
const sentIds = () => services.webhookClient.requests.map(({ headers }) => headers['webhook-id'])
const newest = async (): Promise<Delivery> => {
  const [first] = (await listDeliveries(services, ref, 1)).items
  if (first === undefined) throw new Error('no delivery')
  return first
}

test('a delivery that arrived is sent again with the same id, and both attempts are listed', async () => {
  await happen()
  await senders()
  const { id } = await newest()
  expect(await resend(services, ref, id)).toMatchObject({ id, status: 'waiting', tries: 0 })
  await senders()
  const [first, second] = sentIds()
  expect(second).toBe(first)
  expect(await newest()).toMatchObject({ status: 'delivered', attempts: [{ status: 204 }, { status: 204 }] })
})

test('one that waits is attempted now, and goes on with its attempts', async () => {
  services.webhookClient.answers.push({ status: 500 })
  await happen()
  await senders()
  services.senders.woken.length = 0
  const { id } = await newest()
  await resend(services, ref, id)
  await senders()
  expect(await newest()).toMatchObject({ status: 'delivered', tries: 2 })
})

test('while an attempt is under way, nothing is sent twice', async () => {
  await happen()
  const { id } = await newest()
  const slow = Promise.withResolvers<{ status: number; milliseconds: number }>()
  const hanging = { ...services, webhookClient: { post: () => slow.promise } }
  const [{ deliveries = [] } = {}] = services.senders.woken.splice(0)
  const sending = send(hanging, { ...ref, deliveries, vain: 0 }, () => true)
  await new Promise((resolve) => setImmediate(resolve))
  await resend(services, ref, id)
  await senders()
  expect(services.webhookClient.requests).toEqual([])
  slow.resolve({ status: 200, milliseconds: 9 })
  await sending
  expect(await newest()).toMatchObject({ status: 'delivered', tries: 1 })
})

test('nothing is sent again to an endpoint that is disabled, but for a test', async () => {
  await happen()
  await senders()
  const { id } = await newest()
  await updateEndpoint(services, ref, { enabled: false })
  await expect(resend(services, ref, id)).rejects.toMatchObject({ code: 'validation_failed' })
  await expect(replay(services, ref, { after: 0 })).rejects.toMatchObject({ code: 'validation_failed' })
  services.webhookClient.requests.length = 0
  await sendTest(services, ref)
  await senders()
  expect(services.webhookClient.requests).toHaveLength(1)
})

test('a test is attempted once, is in no log, and neither disables nor heals the endpoint', async () => {
  for (const status of [500, 410]) {
    services.webhookClient.answers.push({ status })
    await sendTest(services, ref)
    await senders()
    expect(await newest()).toMatchObject({ status: 'failed', failure: 'exhausted', attempts: [{ status }] })
  }
  expect(services.senders.woken).toEqual([])
  const endpoint = await services.endpoints.get(ref)
  expect([endpoint?.disabled, endpoint?.failing]).toEqual([undefined, undefined])
  expect(await services.eventLog.lastPosition(tenant.id)).toBe(0)
  const body = JSON.parse(services.webhookClient.requests[0]?.body ?? '')
  expect(body).toMatchObject({ type: 'webhook_endpoint.test', data: { endpointId: ref.endpointId } })
})

test('a replay sends what happened since a time', async () => {
  await happen(3)
  services.clock.advance(3600)
  const since = services.now()
  await happen(4)
  await senders()
  const before = sentIds()
  expect(await replay(services, ref, { since })).toEqual({ deliveries: 4 })
  await senders()
  expect(sentIds().slice(before.length).toSorted()).toEqual(before.slice(3).toSorted())
})

test('a replay leaves out what happened a second before its time', async () => {
  await happen(2)
  const since = services.now()
  await happen(3)
  await senders()
  expect(await replay(services, ref, { since })).toEqual({ deliveries: 3 })
})

test('a replay of ids sends these, whatever types the endpoint wants, and no unknown ones', async () => {
  await happen(5)
  await senders()
  const ids = sentIds()
  await updateEndpoint(services, ref, { types: ['app.healthy'] })
  const eventIds = [ids[1], ids[3], newId('event')] as EventId[]
  expect(await replay(services, ref, { eventIds })).toEqual({ deliveries: 2 })
  await senders()
  expect(sentIds().slice(5).toSorted()).toEqual([ids[1], ids[3]].toSorted())
  expect(await replay(services, ref, { after: 0 })).toEqual({ deliveries: 0 })
})

test('a long replay goes on where it ended', async () => {
  await happen(1030)
  services.webhookClient.requests.length = 0
  services.senders.woken.length = 0
  const first = await replay(services, ref, { after: 0 })
  expect(first).toEqual({ deliveries: 1000, next: 1000 })
  expect(await replay(services, ref, { after: first.next ?? 0 })).toEqual({ deliveries: 30 })
})
