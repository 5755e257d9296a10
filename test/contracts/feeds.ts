// What every implementation of the store of feeds has to do: feeds by version, events of ClickFunnels once and numbered.
import { describe, expect, test } from 'vitest'
import type { FeedRef } from '#domain/connections/feed.ts'
import type { EndUserId, TenantId, WorkspaceId } from '#domain/ids.ts'
import { later } from '#domain/time.ts'
import { aConnection, aFeed, anApp, aRevocation, aTenant, bytes, NOW, newId, refOf } from './samples.ts'
import type { OpenStores } from './stores.ts'

const eventOf = (eventId: string, more = {}) => ({
  eventId,
  eventType: 'contact.identified',
  body: `{"event_id":"${eventId}"}`,
  ...more,
})

export function feedsContract(open: OpenStores): void {
  const waiting = async (tenant: TenantId) =>
    (await open().outbox.waiting(tenant, 100)).map(({ type, data }) => ({ type, ...data }))

  /** A connection with a feed. */
  async function fed(change = {}) {
    const connection = aConnection(newId('tenant'), change)
    const feed = aFeed(connection)
    await open().connections.create(connection)
    expect(await open().feeds.create(feed)).toBe(true)
    const ref: FeedRef = { tenantId: connection.tenantId, owner: connection.id }
    return { connection, feed, ref }
  }

  describe('a feed', () => {
    test('is given back as it was stored, to its own tenant, and is created once', async () => {
      const { feeds } = open()
      const { feed, ref } = await fed()
      expect(await feeds.get(ref)).toEqual(feed)
      expect(await feeds.get({ ...ref, tenantId: newId('tenant') })).toBeUndefined()
      expect(await feeds.create({ ...feed, ingestKey: 'other' })).toBe(false)
      expect(await feeds.get(ref)).toEqual(feed)
    })

    test('is replaced only if it is as it was read', async () => {
      const { feeds } = open()
      const { feed, ref } = await fed()
      const changed = { ...feed, version: 2, cursor: '17', claimedUntil: later(NOW, 120) }
      expect(await feeds.save(feed, changed)).toBe(true)
      expect(await feeds.save(feed, { ...feed, version: 2, cursor: '18' })).toBe(false)
      const { claimedUntil, dueAt, ...ended } = changed
      expect(await feeds.save(changed, { ...ended, version: 3, endedAt: NOW })).toBe(true)
      expect(await feeds.get(ref)).toEqual({ ...ended, version: 3, endedAt: NOW })
    })

    test('is not created for a tenant whose deletion has begun', async () => {
      const { feeds, tenants } = open()
      const tenant = aTenant({ status: 'suspended' })
      await tenants.create(tenant)
      await tenants.beginDeletion(tenant.id, NOW)
      expect(await feeds.create(aFeed(aConnection(tenant.id)))).toBe(false)
    })

    test('tells the tenant in the same step, numbered with the other events, and not for a connection that is gone', async () => {
      const { connections, feeds } = open()
      const { connection, feed, ref } = await fed({ tags: { plan: 'pro' } })
      const refused = { ...feed, version: 2, refused: true as const }
      expect(await feeds.save(feed, refused, 'connection.at_risk')).toBe(true)
      expect(await feeds.save(feed, refused, 'connection.at_risk')).toBe(false)
      expect(await feeds.save(refused, { ...feed, version: 3 }, 'connection.recovered')).toBe(true)
      const told = (await waiting(ref.tenantId)).map(({ type, sequence, reason }) => [sequence, type, reason])
      expect(told).toEqual([
        [1, 'connection.created', undefined],
        [2, 'connection.at_risk', 'events_refused'],
        [3, 'connection.recovered', 'events_refused'],
      ])
      await connections.remove(connection, aRevocation(connection), 'operator')
      expect(await feeds.save({ ...feed, version: 3 }, { ...feed, version: 4 }, 'connection.at_risk')).toBe(
        false,
      )
      expect((await feeds.get(ref))?.version).toBe(3)
    })

    test('of an app goes with the app', async () => {
      const { apps, feeds, tenants } = open()
      const app = anApp(newId('tenant'))
      await tenants.create(aTenant({ id: app.tenantId, suspendedApps: { [app.id]: NOW } }))
      await apps.create(app)
      const ref: FeedRef = { tenantId: app.tenantId, owner: app.id }
      const endpoint = { serial: 1, secret: bytes(1, 2) }
      await feeds.create({ ...ref, appId: app.id, ingestKey: 'key', version: 1, since: NOW, endpoint })
      expect(await apps.remove(app, later(NOW, 1))).toBe(false)
      expect(await feeds.get(ref)).toMatchObject({ endpoint })
      expect(await apps.remove(app, NOW)).toBe(true)
      expect(await feeds.get(ref)).toBeUndefined()
    })
  })

  describe('an event of ClickFunnels', () => {
    test('is put out once for each feed, whatever is sent again, and however its id is written', async () => {
      const { feeds } = open()
      const [mine, other] = [await fed({ label: 'Shop' }), await fed()]
      const id = '60df598e-94fd-41d5-8f20-2bbc1e05fa38'
      expect(await feeds.receive(mine.ref, eventOf(id))).toBe('stored')
      expect(await feeds.receive(mine.ref, eventOf(id, { body: 'other' }))).toBe('repeated')
      expect(await feeds.receive(mine.ref, eventOf(id.replaceAll('-', '').toUpperCase()))).toBe('repeated')
      expect(await feeds.receive(other.ref, eventOf(id))).toBe('stored')
      const [, stored, ...more] = await waiting(mine.ref.tenantId)
      expect(more).toEqual([])
      expect(stored).toEqual({
        type: 'clickfunnels.contact.identified',
        ...{ connectionId: mine.connection.id, appId: mine.connection.appId, label: 'Shop' },
        ...{ endUserId: mine.connection.endUser.id, sequence: 2, eventId: id, body: `{"event_id":"${id}"}` },
      })
    })

    test('is numbered with the events of the connection, whatever arrives at once', async () => {
      const { connections, feeds } = open()
      const { connection, ref } = await fed()
      const change = { suspendedAt: NOW, updatedAt: NOW }
      const receipts = await Promise.all([
        ...Array.from({ length: 8 }, (_, count) => feeds.receive(ref, eventOf(`event-${count}`))),
        ...Array.from({ length: 4 }, () => feeds.receive(ref, eventOf('the-same'))),
        connections.update(refOf(connection), { generation: 1 }, change),
      ])
      expect(receipts.filter((receipt) => receipt === 'stored')).toHaveLength(9)
      expect(receipts.filter((receipt) => receipt === 'repeated')).toHaveLength(3)
      const numbers = (await waiting(ref.tenantId)).map(({ sequence }) => sequence)
      expect(numbers).toEqual(Array.from({ length: 11 }, (_, place) => place + 1))
    }, 30_000)

    test('that was repaired says so', async () => {
      const { ref } = await fed()
      await open().feeds.receive(ref, eventOf('missed', { repaired: true }))
      expect(await waiting(ref.tenantId)).toContainEqual(
        expect.objectContaining({ eventId: 'missed', repaired: true }),
      )
    })

    test('of an app is about the app', async () => {
      const { apps, feeds } = open()
      const app = anApp(newId('tenant'))
      await apps.create(app)
      const ref: FeedRef = { tenantId: app.tenantId, owner: app.id }
      expect(await feeds.receive(ref, eventOf('one'))).toBe('stored')
      expect(await feeds.receive(ref, eventOf('two'))).toBe('stored')
      expect(await waiting(app.tenantId)).toMatchObject([
        { appId: app.id, sequence: 1, eventId: 'one' },
        { appId: app.id, sequence: 2, eventId: 'two' },
      ])
    })

    test('about what is gone is not stored', async () => {
      const { connections, feeds } = open()
      const { connection, ref } = await fed()
      await connections.remove(connection, aRevocation(connection), 'operator')
      expect(await feeds.receive(ref, eventOf('late'))).toBe('gone')
      expect(await feeds.receive({ ...ref, owner: newId('app') }, eventOf('late'))).toBe('gone')
      expect((await waiting(ref.tenantId)).map(({ type }) => type)).not.toContain(
        'clickfunnels.contact.identified',
      )
    })
  })

  test('the connections of an app to a workspace are found, of all end users and of no other app or tenant', async () => {
    const { connections, feeds } = open()
    const tenantId = newId('tenant')
    const mine = aConnection(tenantId, { workspace: { id: '20417' as WorkspaceId } })
    const { appId, workspace } = mine
    const others = [
      aConnection(tenantId, { appId, workspace, endUser: { id: 'other' as EndUserId } }),
      aConnection(tenantId, { appId, workspace: { id: '204' as WorkspaceId } }),
      aConnection(tenantId, { appId: newId('app'), workspace }),
      aConnection(newId('tenant'), { appId, workspace }),
    ]
    for (const connection of [mine, ...others]) expect(await connections.create(connection)).toBe(true)
    const found = await feeds.connectionsTo(tenantId, appId, '20417' as WorkspaceId)
    expect(found.toSorted()).toEqual([mine.id, others[0]?.id].toSorted())
    expect(await feeds.connectionsTo(tenantId, newId('app'), '20417' as WorkspaceId)).toEqual([])
  })
}
