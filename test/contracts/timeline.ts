// What every implementation of the timeline has to do: entries with events, with the audit trail, and of work on the tokens.
import { describe, expect, test } from 'vitest'
import type { AuditEvent } from '#domain/audit/event.ts'
import { entryOfAudit, expiryAt, type Work, type WorkEntry } from '#domain/connections/timeline.ts'
import { later } from '#domain/time.ts'
import { aConnection, aRevocation, NOW, newId, refOf } from './samples.ts'
import type { OpenStores } from './stores.ts'

const REFRESHED = { code: 'tokens.refreshed', what: 'refresh', cause: 'schedule', seconds: 1 } as const

export function timelineContract(open: OpenStores): void {
  const ofTenant = newId('tenant')
  const entryOf = (ref = refOf(aConnection(ofTenant)), work: Work = REFRESHED): WorkEntry => ({
    ...{ kind: 'work', id: newId('timelineEntry'), ...ref, at: NOW, expiresAt: expiryAt(NOW) },
    work,
  })

  describe('timelines', () => {
    test('are of one connection, newest first, at most so many', async () => {
      const { timeline } = open()
      const ref = refOf(aConnection(ofTenant))
      const entries = [entryOf(ref), entryOf(ref), entryOf(ref)]
      for (const entry of [...entries, entryOf(), { ...entryOf(ref), tenantId: newId('tenant') }])
        await timeline.add(entry)
      expect(await timeline.newest(ref, 10, NOW)).toEqual(entries.toReversed())
      expect(await timeline.newest(ref, 2, NOW)).toEqual(entries.toReversed().slice(0, 2))
      expect(await timeline.newest(refOf(aConnection(ofTenant)), 10, NOW)).toEqual([])
    })

    test('do not show an entry after 90 days', async () => {
      const { timeline } = open()
      const entry = entryOf()
      await timeline.add(entry)
      const days = (count: number) => later(NOW, count * 86_400)
      expect(await timeline.newest(entry, 10, later(days(90), -1))).toEqual([entry])
      expect(await timeline.newest(entry, 10, days(90))).toEqual([])
    })

    test('have an entry for each event of the connection, in its transaction, and none for a change without one', async () => {
      const { connections, timeline } = open()
      const connection = aConnection(ofTenant)
      const ref = refOf(connection)
      const update = (change: object) =>
        connections.update(ref, { generation: 1 }, { ...change, updatedAt: NOW })
      await connections.create(connection)
      await update({ lastError: 'provider_down' })
      await update({ alert: { kind: 'at_risk', reason: 'attempts_failing' } })
      // Refused, because the generation is another.
      await connections.update(ref, { generation: 9 }, { suspendedAt: NOW, updatedAt: NOW })
      await connections.remove(connection, aRevocation(connection), 'operator')
      const told = (await timeline.newest(ref, 10, NOW)).map(
        (entry) => entry.kind === 'event' && [entry.type, entry.reason ?? entry.by],
      )
      // Those of one millisecond are in no order.
      expect(told.toSorted()).toEqual([
        ['connection.at_risk', 'attempts_failing'],
        ['connection.created', undefined],
        ['connection.disconnected', 'operator'],
      ])
    })

    test('have an entry for each audit event about the connection, whatever its result, but for "not_found"', async () => {
      const { auditEvents, timeline } = open()
      const ref = refOf(aConnection(ofTenant))
      const about = (change: Partial<AuditEvent>): AuditEvent => ({
        ...{
          id: newId('auditEvent'),
          tenantId: ofTenant,
          at: NOW,
          action: 'connection.refresh',
          result: 'ok',
        },
        actor: { kind: 'api_key', id: newId('apiKey') },
        resource: { type: 'connection', id: ref.connectionId },
        expiresAt: later(NOW, 3600),
        ...change,
      })
      const [refreshed, failed] = [about({}), about({ result: 'refresh_failed', reason: 'why' })]
      const missing = about({ action: 'connection.delete', result: 'not_found' })
      const refusal = about({ action: 'access.refuse', result: 'insufficient_scope' })
      const ofApp = about({ resource: { type: 'app', id: newId('app') }, action: 'connection.revoke_tokens' })
      for (const event of [refreshed, failed, missing, refusal, ofApp]) await auditEvents.append(event)
      await auditEvents.append({ ...refreshed, result: 'conflict' })
      expect(await timeline.newest(ref, 10, NOW)).toEqual([failed, refreshed].map(entryOfAudit))
    })

    test('of a tenant are erased with it, and those of other tenants are not', async () => {
      const { tenantRemains, timeline } = open()
      const [mine, other] = [newId('tenant'), newId('tenant')].map((tenant) =>
        entryOf(refOf(aConnection(tenant))),
      )
      for (const entry of [mine, other]) await timeline.add(entry as WorkEntry)
      while ((await tenantRemains.erase((mine as WorkEntry).tenantId, 25)) > 0);
      expect(await timeline.newest(mine as WorkEntry, 10, NOW)).toEqual([])
      expect(await timeline.newest(other as WorkEntry, 10, NOW)).toEqual([other])
    })
  })
}
