// The life of a feed: created, found again after a lost answer, refused, changed, turned off, and abandoned with its app.
import { expect, test } from 'vitest'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import { A_DAY_SECONDS, AN_HOUR_SECONDS, connectedFeed, DISCONNECTED, openFeeds, TYPE } from './feed-scene.ts'

test('a new connection has an endpoint for the types that its app wants, and its secret sealed', async () => {
  const { feeds, connection } = await connectedFeed()
  const [endpoint, ...more] = await feeds.endpoints(connection.id)
  expect(more).toEqual([])
  expect(endpoint?.types).toEqual([TYPE, DISCONNECTED])
  const feed = await feeds.feed(connection.id)
  expect(feed?.endpoint).toMatchObject({ id: endpoint?.id, types: [TYPE, DISCONNECTED] })
  expect(JSON.stringify(feed)).not.toContain(endpoint?.secret)
  expect(await feeds.deliver(connection.id, endpoint?.secret ?? '', {})).toMatchObject({ outcome: 'stored' })
})

test('an app that wants no events costs no endpoint and no feed', async () => {
  const feeds = await openFeeds(null)
  const { id } = await feeds.connect()
  await feeds.later(A_DAY_SECONDS)
  expect(await feeds.feed(id)).toBeUndefined()
  expect(feeds.services.webhookEndpoints.endpoints).toEqual([])
})

test('after a lost answer the endpoint of ClickFunnels is found by its URL and replaced, so that its secret is known', async () => {
  const feeds = await openFeeds()
  feeds.services.webhookEndpoints.answers.push('lost')
  const { id } = await feeds.connect()
  const [unknown] = await feeds.endpoints(id)
  expect(await feeds.feed(id)).toMatchObject({ begun: true })
  expect((await feeds.feed(id))?.endpoint).toBeUndefined()
  await feeds.later(AN_HOUR_SECONDS)
  const [known, ...more] = await feeds.endpoints(id)
  expect(more).toEqual([])
  expect(known?.id).not.toBe(unknown?.id)
  expect(await feeds.feed(id)).not.toHaveProperty('begun')
  expect(await feeds.deliver(id, known?.secret ?? '', {})).toMatchObject({ outcome: 'stored' })
  // A lost answer is a fault of the moment, of which the tenant hears nothing.
  expect(await feeds.told()).toEqual([`clickfunnels.${TYPE} event-1`])
})

test('a token that may not manage endpoints is told once, tried daily, and told when it works again', async () => {
  const feeds = await openFeeds()
  const { answers } = feeds.services.webhookEndpoints
  answers.push('refused', 'refused', 'refused')
  const connection = await feeds.connect()
  await feeds.later(A_DAY_SECONDS)
  await feeds.later(A_DAY_SECONDS)
  expect(answers).toEqual([])
  expect(await feeds.feed(connection.id)).toMatchObject({ refused: true })
  expect(await feeds.told()).toEqual(['connection.at_risk events_refused'])
  // Nothing else changes.
  expect(await feeds.scene.stored(connection)).toMatchObject({ state: { status: 'active' } })
  await feeds.later(A_DAY_SECONDS)
  expect(await feeds.endpoints(connection.id)).toHaveLength(1)
  expect(await feeds.feed(connection.id)).not.toHaveProperty('refused')
  expect(await feeds.told()).toEqual([
    'connection.at_risk events_refused',
    'connection.recovered events_refused',
  ])
})

test("a suspended tenant's feed is left alone for half a day, and kept up after the resume", async () => {
  const { feeds, connection } = await connectedFeed()
  const { tenantId } = connection
  await feeds.want(['order.created'])
  await updateTenant(feeds.services, tenantId, { status: 'suspended' })
  await feeds.later(AN_HOUR_SECONDS)
  expect((await feeds.endpoints(connection.id))[0]?.types).toEqual([TYPE, DISCONNECTED])
  const dueAt = (await feeds.feed(connection.id))?.dueAt ?? 0
  expect(dueAt - feeds.services.now()).toBeGreaterThanOrEqual(12 * 3600)
  await updateTenant(feeds.services, tenantId, { status: 'active' })
  await feeds.later(A_DAY_SECONDS)
  expect((await feeds.endpoints(connection.id))[0]?.types).toEqual(['order.created', DISCONNECTED])
})

test('other types change the endpoint that is there, within the hour, and its secret stays', async () => {
  const { feeds, connection } = await connectedFeed()
  const [before] = await feeds.endpoints(connection.id)
  await feeds.want(['order.created'])
  await feeds.later(AN_HOUR_SECONDS)
  const [after, ...more] = await feeds.endpoints(connection.id)
  expect(more).toEqual([])
  expect(after).toMatchObject({
    id: before?.id,
    secret: before?.secret,
    types: ['order.created', DISCONNECTED],
  })
  const unwanted = await feeds.deliver(connection.id, after?.secret ?? '', {})
  expect(unwanted.outcome).toBe('ignored')
  const wanted = await feeds.deliver(connection.id, after?.secret ?? '', { event_type: 'order.created' })
  expect(wanted.outcome).toBe('stored')
})

test('an endpoint that the customer deleted is created again when it has to change', async () => {
  const { feeds, connection } = await connectedFeed()
  feeds.services.webhookEndpoints.endpoints.length = 0
  await feeds.want(['order.created'])
  await feeds.later(AN_HOUR_SECONDS)
  const [again] = await feeds.endpoints(connection.id)
  expect(again?.types).toEqual(['order.created', DISCONNECTED])
  expect((await feeds.feed(connection.id))?.endpoint).toMatchObject({ id: again?.id, serial: 2 })
})

test('turned off, the endpoint is deleted and the feed ends; turned on again, it begins anew', async () => {
  const { feeds, connection } = await connectedFeed()
  const first = await feeds.feed(connection.id)
  const [endpoint] = await feeds.endpoints(connection.id)
  await feeds.want(null)
  await feeds.later(AN_HOUR_SECONDS)
  expect(feeds.services.webhookEndpoints.endpoints).toEqual([])
  const ended = await feeds.feed(connection.id)
  expect(ended).toMatchObject({ endedAt: expect.any(Number) })
  expect(ended).not.toHaveProperty('dueAt')
  // What ClickFunnels still sends is answered and not stored.
  expect((await feeds.deliver(connection.id, endpoint?.secret ?? '', {})).outcome).toBe('ignored')
  await feeds.want([TYPE])
  await feeds.later(A_DAY_SECONDS)
  await feeds.later(AN_HOUR_SECONDS)
  expect(await feeds.endpoints(connection.id)).toHaveLength(1)
  expect((await feeds.feed(connection.id))?.ingestKey).not.toBe(first?.ingestKey)
})

test('the schedule gives connections that are there already an endpoint, when they are next refreshed or probed', async () => {
  const feeds = await openFeeds(null)
  const [probed] = [await feeds.connect()]
  await feeds.want([TYPE])
  expect(await feeds.feed(probed.id)).toBeUndefined()
  await feeds.later(A_DAY_SECONDS)
  await feeds.later(60)
  expect(await feeds.endpoints(probed.id)).toHaveLength(1)
  expect(await feeds.scene.stored(probed)).toMatchObject({ feed: true })
})

test('a disconnection deletes the endpoint with the token, before the token is revoked', async () => {
  const { feeds, connection } = await connectedFeed()
  const { disconnect } = await import('#domain/tokens/disconnect.ts')
  await disconnect(feeds.services, feeds.scene.caller, connection.id)
  expect(feeds.services.webhookEndpoints.endpoints).toEqual([])
  expect(await feeds.feed(connection.id)).toMatchObject({ endedAt: expect.any(Number) })
})

test('the feed of an app that is gone ends, by the schedule and with the revocation that is given up', async () => {
  const { feeds, connection } = await connectedFeed()
  feeds.loseApp()
  await feeds.later(AN_HOUR_SECONDS)
  const ended = await feeds.feed(connection.id)
  expect(ended).toMatchObject({ endedAt: expect.any(Number) })
  expect(ended).not.toHaveProperty('dueAt')

  const other = await connectedFeed()
  other.feeds.loseApp()
  const { disconnect } = await import('#domain/tokens/disconnect.ts')
  await disconnect(other.feeds.services, other.feeds.scene.caller, other.connection.id)
  expect(await other.feeds.feed(other.connection.id)).toMatchObject({ endedAt: expect.any(Number) })
})
