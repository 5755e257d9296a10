// What every implementation of Deliveries has to do.
import { describe, expect, test } from 'vitest'
import type { NewDelivery } from '#domain/events/subscribers.ts'
import { later } from '#domain/time.ts'
import { changedTo, type Delivery, firstOf } from '#domain/webhooks/delivery.ts'
import { aConnection, aDelivery, aTenant, NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

export function deliveriesContract(open: OpenStores): void {
  /** Stores deliveries as the publisher does: in the transaction that moves an event. */
  const made = async (...all: NewDelivery[]) => {
    const [{ tenantId } = aDelivery()] = all
    const { connections, outbox, eventLog } = open()
    await connections.create(aConnection(tenantId))
    const [event] = await outbox.waiting(tenantId, 1)
    const last = await eventLog.lastPosition(tenantId)
    if (event === undefined) throw new Error('no event')
    const entry = { ...event, position: last + 1, publishedAt: NOW, expiresAt: later(NOW, 60) }
    expect(await outbox.publish(tenantId, last, [entry], all)).toBe(true)
  }
  const read = async (one: NewDelivery): Promise<Delivery> => {
    const [found] = await open().deliveries.getMany([one])
    if (found === undefined) throw new Error('gone')
    return found
  }
  const delivered = async (one: NewDelivery) => {
    const before = await read(one)
    return open().deliveries.save(before, changedTo(before, { status: 'delivered' }))
  }

  describe('deliveries', () => {
    test('are stored with their event, or not at all', async () => {
      const { outbox, deliveries, connections } = open()
      const delivery = aDelivery()
      await made(delivery)
      expect(await read(delivery)).toEqual(firstOf(delivery))
      const other = aDelivery({ tenantId: delivery.tenantId })
      await connections.create(aConnection(delivery.tenantId))
      const [event] = await outbox.waiting(delivery.tenantId, 1)
      if (event === undefined) throw new Error('no event')
      const entry = { ...event, position: 9, publishedAt: NOW, expiresAt: later(NOW, 60) }
      expect(await outbox.publish(delivery.tenantId, 8, [entry], [other])).toBe(false)
      expect(await deliveries.getMany([other, delivery])).toEqual([firstOf(delivery)])
    })

    test('wait in the lines of their endpoint until they end', async () => {
      const { deliveries } = open()
      const first = aDelivery()
      const { tenantId, endpointId } = first
      const other = aDelivery({ tenantId, endpointId, subject: newId('connection') })
      const elsewhere = aDelivery({ tenantId })
      await made(first, other, elsewhere)
      const waiting = async (limit = 10) => {
        const found = await deliveries.inLine({ tenantId, endpointId }, limit)
        return found.map(({ id }) => id).toSorted()
      }
      expect(await waiting()).toEqual([first.id, other.id].toSorted())
      expect(await waiting(1)).toHaveLength(1)
      await delivered(first)
      expect(await waiting()).toEqual([other.id])
    })

    test('are saved over the version that was read only', async () => {
      const { deliveries } = open()
      const delivery = aDelivery()
      await made(delivery)
      const before = await read(delivery)
      const claimedUntil = later(NOW, 30)
      const claimed = changedTo(before, { nextAt: claimedUntil, claimedUntil })
      const claims = await Promise.all([1, 2, 3].map(() => deliveries.save(before, claimed)))
      expect(claims.filter(Boolean)).toHaveLength(1)
      expect(await read(delivery)).toEqual(claimed)
      expect(await deliveries.save(before, changedTo(before, { status: 'failed' }))).toBe(false)
      expect(await read(delivery)).toEqual(claimed)
    })

    test('stand in line with those about the same thing, until they end', async () => {
      const { deliveries } = open()
      const first = aDelivery({ sequence: 3 })
      const { tenantId, endpointId, subject } = first
      const second = aDelivery({ tenantId, endpointId, subject, sequence: 4, createdAt: later(NOW, 9) })
      const third = aDelivery({ tenantId, endpointId, subject, sequence: 12 })
      const others = [
        aDelivery({ tenantId, endpointId, sequence: 2 }),
        aDelivery({ tenantId, subject, sequence: 2 }),
      ]
      await made(third, first, second, ...others)
      const stored = await Promise.all([first, second, third].map(read))
      expect(await Promise.all(stored.map((one) => deliveries.previous(one)))).toEqual([
        undefined,
        NOW,
        later(NOW, 9),
      ])
      const ids = await Promise.all(stored.map((one) => deliveries.next(one)))
      expect(ids.map((ref) => ref?.id)).toEqual([second.id, third.id, undefined])
      expect(ids[0]).toEqual({ id: second.id, tenantId, endpointId })
      await delivered(second)
      expect(await deliveries.previous(await read(third))).toBe(NOW)
      expect((await deliveries.next(await read(first)))?.id).toBe(third.id)
      // Also for one that is no longer in line itself.
      expect((await deliveries.next(await read(second)))?.id).toBe(third.id)
      await delivered(first)
      expect(await deliveries.previous(await read(third))).toBeUndefined()
    })

    test('are due a minute after the queue should have woken a sender, and when a claim has ended', async () => {
      const { deliveries } = open()
      const delivery = aDelivery()
      await made(delivery)
      const isDue = async (seconds: number) =>
        (await deliveries.due(later(NOW, seconds))).some(({ id }) => id === delivery.id)
      expect([await isDue(59), await isDue(60)]).toEqual([false, true])
      const before = await read(delivery)
      const claimedUntil = later(NOW, 100)
      await deliveries.save(before, changedTo(before, { nextAt: claimedUntil, claimedUntil }))
      expect([await isDue(99), await isDue(100)]).toEqual([false, true])
      const [ref] = (await deliveries.due(later(NOW, 100))).filter(({ id }) => id === delivery.id)
      const { tenantId, endpointId, id } = delivery
      expect(ref).toEqual({ tenantId, endpointId, id })
      await delivered(delivery)
      expect(await isDue(10_000)).toBe(false)
    })

    test('have four slots an endpoint, which end by themselves', async () => {
      const { deliveries } = open()
      const ref = { tenantId: newId('tenant'), endpointId: newId('endpoint') }
      const take = (at = NOW) => deliveries.takeSlot(ref, at, later(at, 90))
      const slots = await Promise.all([1, 2, 3, 4, 5, 6].map(() => take()))
      const taken = slots.filter((slot) => slot !== undefined)
      expect(new Set(taken.map(({ number }) => number)).size).toBe(4)
      expect(taken).toHaveLength(4)
      if (taken[0] !== undefined) await deliveries.giveSlotBack(taken[0])
      expect(await take()).toMatchObject({ number: taken[0]?.number })
      expect(await take()).toBeUndefined()
      expect(await take(later(NOW, 90))).toBeDefined()
      // What another process has by now stays with it.
      for (const slot of taken) await deliveries.giveSlotBack(slot)
      const again = await Promise.all([1, 2, 3, 4].map(() => take(later(NOW, 90))))
      expect(again.filter((slot) => slot !== undefined)).toHaveLength(3)
    })

    test('of an endpoint are listed newest first, page by page', async () => {
      const { deliveries } = open()
      const [tenantId, endpointId] = [newId('tenant'), newId('endpoint')]
      const all = [1, 2, 3, 4, 5].map(() => aDelivery({ tenantId, endpointId }))
      await made(...all, aDelivery({ tenantId }))
      const ref = { tenantId, endpointId }
      const ids: string[] = []
      for (let after: Delivery['id'] | undefined; ; ) {
        const { items, next } = await deliveries.list(ref, 2, after)
        ids.push(...items.map(({ id }) => id))
        if (next === undefined) break
        after = next
      }
      expect(ids).toEqual(all.map(({ id }) => id).toReversed())
      expect((await deliveries.list({ ...ref, tenantId: newId('tenant') }, 9)).items).toEqual([])
    })

    test('that stand in no line are created together, and leave the line alone', async () => {
      const { deliveries, tenants } = open()
      const waiting = aDelivery()
      await made(waiting)
      const { tenantId, endpointId, subject } = waiting
      const again = { ...firstOf(aDelivery({ tenantId, endpointId, subject })), alone: true } as const
      expect(await deliveries.create(tenantId, [again])).toBe(true)
      expect(await deliveries.save(again, changedTo(again, { status: 'delivered' }))).toBe(true)
      const later = aDelivery({ tenantId, endpointId, subject, sequence: 2 })
      await made(later)
      expect(await deliveries.previous(await read(later))).toBe(NOW)
      const deleted = aTenant({ status: 'suspended' })
      await tenants.create(deleted)
      await tenants.beginDeletion(deleted.id, NOW)
      expect(await deliveries.create(deleted.id, [firstOf(aDelivery({ tenantId: deleted.id }))])).toBe(false)
    })

    test('are erased with their tenant', async () => {
      const delivery = aDelivery()
      await made(delivery)
      while ((await open().tenantRemains.erase(delivery.tenantId, 3)) > 0);
      expect(await open().deliveries.getMany([delivery])).toEqual([])
    })
  })
}
