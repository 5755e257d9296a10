// What every implementation of the outbox and the event log has to do, and every store that writes events with its changes.
import { describe, expect, test } from 'vitest'
import { readLog } from '#domain/events/list-events.ts'
import { MAX_EVENTS_AT_ONCE, publishEvents } from '#domain/events/publish-events.ts'
import type { TenantId } from '#domain/ids.ts'
import { later } from '#domain/time.ts'
import { FakeSenders } from '../fakes/deliveries.ts'
import { FakeLog } from '../fakes/log.ts'
import { aConnection, aLink, anApp, aRevocation, aSession, aTenant, NOW, newId, refOf } from './samples.ts'
import type { OpenStores } from './stores.ts'

export function eventsContract(open: OpenStores): void {
  const publishing = () => ({
    ...open(),
    now: () => NOW,
    newId,
    log: new FakeLog(),
    senders: new FakeSenders(),
    eventRetentionDays: 90,
  })
  const waiting = (tenant: TenantId) => open().outbox.waiting(tenant, MAX_EVENTS_AT_ONCE)
  const story = async (tenant: TenantId) =>
    (await waiting(tenant)).map(({ type, data: { sequence, reason, by } }) =>
      [sequence, type, reason ?? by].filter(Boolean).join(' '),
    )
  const publish = (tenant: TenantId) => publishEvents(publishing(), tenant)
  const log = (tenant: TenantId) => readLog(publishing(), tenant, { filter: {}, limit: 100, after: 0 })
  const stored = async (change = {}) => {
    const connection = aConnection(newId('tenant'), change)
    expect(await open().connections.create(connection)).toBe(true)
    return { connection, tenant: connection.tenantId, ref: refOf(connection) }
  }

  describe('the event of a change', () => {
    test('is written with the change, once for each transition, and numbered', async () => {
      const { connections } = open()
      const { connection, tenant, ref } = await stored()
      const change = (more: object) => connections.update(ref, { generation: 1 }, { ...more, updatedAt: NOW })
      await change({ suspendedAt: NOW })
      await change({ suspendedAt: NOW })
      await change({ suspendedAt: null })
      await change({ lastError: 'provider_down' })
      await change({ alert: { kind: 'at_risk', reason: 'attempts_failing' } })
      await change({ alert: { kind: 'broken', reason: 'refresh_rejected' } })
      await change({ alert: { kind: 'broken', reason: 'answer_lost' } })
      await change({ alert: null })
      await change({ alert: null })
      const read = await connections.get(ref)
      if (read === undefined) throw new Error('gone')
      await connections.replaceGrant(read, { generation: 2, updatedAt: NOW }, undefined)
      await connections.remove({ ...read, generation: 2 }, aRevocation(connection), 'end_user')
      expect(await story(tenant)).toEqual([
        '1 connection.created',
        '2 connection.suspended',
        '3 connection.resumed',
        '4 connection.at_risk attempts_failing',
        '5 connection.broken refresh_rejected',
        '6 connection.recovered answer_lost',
        '7 connection.reconnected',
        '8 connection.disconnected end_user',
      ])
      for (const { data } of await waiting(tenant)) {
        expect(data).toMatchObject({
          connectionId: connection.id,
          appId: connection.appId,
          endUserId: 'alice',
        })
      }
    })

    test('repeats tags and label as they are when the change is made', async () => {
      const { connections } = open()
      const { tenant, ref } = await stored({ tags: { plan: 'free' }, label: 'Shop' })
      await connections.annotate(ref, { tags: { plan: 'pro' }, label: null }, NOW)
      await connections.update(ref, { generation: 1 }, { suspendedAt: NOW, updatedAt: NOW })
      const read = await connections.get(ref)
      if (read === undefined) throw new Error('gone')
      const regranted = { generation: 2, tags: { plan: 'max' }, updatedAt: NOW }
      await connections.replaceGrant(read, regranted, undefined)
      const told = (await waiting(tenant)).map(({ data: { tags, label } }) => ({ tags, label }))
      expect(told).toEqual([
        { tags: { plan: 'free' }, label: 'Shop' },
        { tags: { plan: 'pro' }, label: undefined },
        { tags: { plan: 'max' }, label: undefined },
      ])
    })

    test('that ClickFunnels sent repeats tags and label, too', async () => {
      const noted = { tags: { plan: 'pro' }, label: 'Shop' }
      const { connection, tenant } = await stored(noted)
      const received = { eventId: 'e-1', eventType: 'contact.created', body: '{}' }
      const ref = { tenantId: tenant, owner: connection.id }
      expect(await open().feeds.receive(ref, received)).toBe('stored')
      expect((await waiting(tenant)).at(-1)).toMatchObject({
        type: 'clickfunnels.contact.created',
        data: { connectionId: connection.id, ...noted },
      })
    })

    test('is not written when the change is not made', async () => {
      const { connections } = open()
      const { connection, tenant, ref } = await stored()
      const suspended = { suspendedAt: NOW, updatedAt: NOW }
      expect(await connections.update(ref, { generation: 7 }, suspended)).toBe(false)
      expect(await connections.update(ref, { generation: 1, leaseOwner: 'other' }, suspended)).toBe(false)
      const stale = { ...connection, generation: 7 }
      expect(await connections.replaceGrant(stale, { updatedAt: NOW }, undefined)).toBe(false)
      expect(await connections.remove(stale, aRevocation(connection), 'operator')).toBe(false)
      const twin = { ...connection, id: newId('connection') }
      expect(await connections.create(twin)).toBe(false)
      expect(await story(tenant)).toEqual(['1 connection.created'])
    })

    test('is right although the connection was read before another event', async () => {
      const { connections } = open()
      const { connection, tenant, ref } = await stored()
      const fence = { generation: 1 }
      await connections.update(ref, fence, { suspendedAt: NOW, updatedAt: NOW }, connection)
      const alert = { kind: 'broken', reason: 'answer_lost' } as const
      expect(await connections.update(ref, fence, { alert, updatedAt: NOW }, connection)).toBe(true)
      expect(await connections.update(ref, fence, { suspendedAt: NOW, updatedAt: NOW }, connection)).toBe(
        true,
      )
      const revocation = aRevocation(connection)
      expect(await connections.remove(connection, revocation, 'operator')).toBe(true)
      expect(await story(tenant)).toEqual([
        '1 connection.created',
        '2 connection.suspended',
        '3 connection.broken answer_lost',
        '4 connection.disconnected operator',
      ])
    })

    test('comes once from many processes that make the same change at the same time', async () => {
      const { connections } = open()
      const { connection, tenant, ref } = await stored()
      const suspend = () =>
        connections.update(ref, { generation: 1 }, { suspendedAt: NOW, updatedAt: NOW }, connection)
      await Promise.all(Array.from({ length: 6 }, suspend))
      expect(await story(tenant)).toEqual(['1 connection.created', '2 connection.suspended'])
    })

    test('of a session tells that it ended without a connection', async () => {
      const { sessions } = open()
      const session = { ...aSession(newId('tenant')), tags: { plan: 'pro' }, label: 'Shop' }
      await sessions.create(session, aLink(session))
      const failed = { status: 'failed', error: 'invalid_grant' } as const
      expect(await sessions.move(session, 'created', { status: 'authorizing' }, NOW)).toBe(true)
      expect(await sessions.move(session, 'created', failed, NOW)).toBe(false)
      expect(await sessions.move(session, 'authorizing', failed, NOW)).toBe(true)
      expect(await story(session.tenantId)).toEqual(['1 connect_session.failed invalid_grant'])
      expect(await waiting(session.tenantId)).toMatchObject([
        { data: { tags: { plan: 'pro' }, label: 'Shop' } },
      ])
    })

    test('of an app comes when its alert changes, from one of those who see it', async () => {
      const { apps, tenants } = open()
      const tenant = aTenant()
      await tenants.create(tenant)
      const app = anApp(tenant.id)
      await apps.create(app)
      const read = async () => (await apps.get(app.tenantId, app.id)) ?? app
      const trouble = { kind: 'provider_down', since: NOW, lastAt: NOW, times: 3 } as const
      const alert = { reason: 'provider_down' } as const
      const at = await read()
      const noted = [1, 2, 3].map((times) => apps.setHealth(at, { trouble: { ...trouble, times }, alert }))
      expect((await Promise.all(noted)).filter(Boolean)).toHaveLength(1)
      await apps.setHealth(await read(), { trouble: { ...trouble, lastAt: later(NOW, 9) }, alert })
      await apps.setHealth(await read(), { trouble: undefined })
      await apps.setHealth(await read(), { trouble: undefined })
      expect(await story(tenant.id)).toEqual(['1 app.unhealthy provider_down', '2 app.healthy provider_down'])
      expect(await read()).toEqual({ ...app, eventCount: 2 })
    })
  })

  describe('the event log', () => {
    test('takes each event once, in the order of its connection, when two processes publish', async () => {
      const { connection, tenant, ref } = await stored()
      const fence = { generation: 1 }
      for (const suspendedAt of [NOW, null, NOW])
        await open().connections.update(ref, fence, { suspendedAt, updatedAt: NOW })
      const counts = await Promise.all([1, 2, 3].map(() => publish(tenant)))
      expect(counts.reduce((sum, count) => sum + count)).toBe(4)
      const { events, next } = await log(tenant)
      expect(next).toBe(4)
      expect(events.map(({ position, data }) => [position, data.sequence])).toEqual([
        [1, 1],
        [2, 2],
        [3, 3],
        [4, 4],
      ])
      expect(events[0]).toMatchObject({ tenantId: tenant, expiresAt: later(NOW, 90 * 24 * 3600) })
      expect(events[0]?.data.connectionId).toBe(connection.id)
      expect(await waiting(tenant)).toEqual([])
      expect(await publish(tenant)).toBe(0)
      expect(await log(newId('tenant'))).toEqual({ events: [], next: 0 })
    })

    test('refuses a move that another process made first, and one from an outdated position', async () => {
      const { tenant } = await stored()
      const { outbox } = open()
      const [event] = await waiting(tenant)
      if (event === undefined) throw new Error('no event')
      const entry = { ...event, position: 1, publishedAt: NOW, expiresAt: later(NOW, 60) }
      expect(await outbox.publish(tenant, 1, [{ ...entry, position: 2 }], [])).toBe(false)
      expect(await outbox.publish(tenant, 0, [entry], [])).toBe(true)
      expect(await outbox.publish(tenant, 1, [{ ...entry, position: 2 }], [])).toBe(false)
      expect((await log(tenant)).events).toEqual([entry])
    })

    test('takes more events than one transaction', async () => {
      const tenant = newId('tenant')
      const all = Array.from({ length: MAX_EVENTS_AT_ONCE + 3 }, () => aConnection(tenant))
      for (const connection of all) await open().connections.create(connection)
      expect(await publish(tenant)).toBe(all.length)
      const { events } = await log(tenant)
      expect(new Set(events.map(({ data }) => data.connectionId)).size).toBe(all.length)
      expect(await open().eventLog.lastPosition(tenant)).toBe(all.length)
    })

    test('is erased with its tenant, and so is what waits', async () => {
      const { tenant, ref } = await stored()
      await publish(tenant)
      await open().connections.update(ref, { generation: 1 }, { suspendedAt: NOW, updatedAt: NOW })
      while ((await open().tenantRemains.erase(tenant, 2)) > 0);
      expect(await publish(tenant)).toBe(0)
      expect(await log(tenant)).toEqual({ events: [], next: 0 })
      expect(await open().eventLog.lastPosition(tenant)).toBe(0)
    })

    test('a sweep finds the tenants whose events have waited for a minute', async () => {
      const { tenant } = await stored()
      const { outbox } = open()
      expect(await outbox.overdue(later(NOW, 59))).not.toContain(tenant)
      expect(await outbox.overdue(later(NOW, 60))).toContain(tenant)
      await publish(tenant)
      expect(await outbox.overdue(later(NOW, 60))).not.toContain(tenant)
    })
  })
}
