// What every implementation of AuditEvents has to do.
import { describe, expect, test } from 'vitest'
import type { AuditEvent } from '#domain/audit/event.ts'
import type { AuditEventId } from '#domain/ids.ts'
import { later } from '#domain/time.ts'
import { NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

function anEvent(change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    id: newId('auditEvent'),
    tenantId: newId('tenant'),
    at: NOW,
    action: 'connection.delete',
    actor: { kind: 'api_key', id: newId('apiKey') },
    resource: { type: 'connection', id: newId('connection') },
    result: 'ok',
    from: { ip: '192.0.2.1', userAgent: 'test', requestId: 'request-1' },
    expiresAt: later(NOW, 3600),
    ...change,
  }
}

export function auditEventsContract(open: OpenStores): void {
  describe('audit events', () => {
    async function aTrail(count: number, change: (place: number) => Partial<AuditEvent> = () => ({})) {
      const tenantId = newId('tenant')
      const events = Array.from({ length: count }, (_, place) => anEvent({ tenantId, ...change(place) }))
      for (const event of events) await open().auditEvents.append(event)
      return { tenantId, events: events.toReversed() }
    }

    test('are given back as they were appended, newest first, to their own tenant', async () => {
      const { tenantId, events } = await aTrail(3)
      const { auditEvents } = open()
      expect(await auditEvents.list(tenantId, {}, 10, NOW)).toEqual({ items: events })
      expect(await auditEvents.list(newId('tenant'), {}, 10, NOW)).toEqual({ items: [] })
    })

    test('are never changed: a second event with the same id is not stored', async () => {
      const { tenantId, events } = await aTrail(1)
      const { auditEvents } = open()
      for (const event of events) await auditEvents.append({ ...event, result: 'not_found' })
      expect((await auditEvents.list(tenantId, {}, 10, NOW)).items).toEqual(events)
    })

    test.each([1, 2, 3, 7, 8])('of seven in pages of %i come once each, in order', async (limit) => {
      const { tenantId, events } = await aTrail(7)
      const seen: AuditEvent[] = []
      let after: AuditEventId | undefined
      do {
        const page = await open().auditEvents.list(tenantId, {}, limit, NOW, after)
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...page.items)
        after = page.next
      } while (after !== undefined)
      expect(seen).toEqual(events)
    })

    test('are found by action and by resource, page by page', async () => {
      const id = newId('connection')
      const { tenantId, events } = await aTrail(9, (place) => ({
        action: place % 2 === 0 ? 'connection.refresh' : 'connection.delete',
        ...(place % 3 === 0 && { resource: { type: 'connection', id } }),
      }))
      const { auditEvents } = open()
      const refreshes = events.filter(({ action }) => action === 'connection.refresh')
      const filter = { action: 'connection.refresh' } as const
      const first = await auditEvents.list(tenantId, filter, 3, NOW)
      const rest = await auditEvents.list(tenantId, filter, 3, NOW, first.next)
      expect([...first.items, ...rest.items]).toEqual(refreshes)
      const about = await auditEvents.list(tenantId, { resourceId: id }, 10, NOW)
      expect(about.items).toEqual(events.filter(({ resource }) => resource.id === id))
      const both = await auditEvents.list(tenantId, { ...filter, resourceId: id }, 10, NOW)
      expect(both.items).toEqual(refreshes.filter(({ resource }) => resource.id === id))
    })

    test('are not given once their time is over', async () => {
      const { tenantId, events } = await aTrail(2, (place) => ({ expiresAt: later(NOW, 10 + place) }))
      const { auditEvents } = open()
      expect((await auditEvents.list(tenantId, {}, 10, later(NOW, 10))).items).toEqual(events.slice(0, 1))
      expect((await auditEvents.list(tenantId, {}, 10, later(NOW, 11))).items).toEqual([])
    })
  })
}
