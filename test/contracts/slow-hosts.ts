// What every implementation of SlowHosts has to do.
import { describe, expect, test } from 'vitest'
import { isOpen } from '#domain/proxy/breaker.ts'
import { later } from '#domain/time.ts'
import { NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

const place = () => ({ tenantId: newId('tenant'), appId: newId('app'), host: '127.0.0.1:8080' })

export function slowHostsContract(open: OpenStores): void {
  describe('hosts that do not answer', () => {
    test('are unknown until a timeout is counted, each for itself', async () => {
      const { slowHosts } = open()
      const here = place()
      expect(await slowHosts.get(here)).toBeUndefined()
      const first = { timeouts: 1, since: NOW, last: NOW }
      expect(await slowHosts.count(here, NOW)).toEqual(first)
      expect(await slowHosts.get(here)).toEqual(first)
      expect(await slowHosts.get({ ...here, host: 'other.example' })).toBeUndefined()
      expect(await slowHosts.get({ ...here, appId: newId('app') })).toBeUndefined()
    })

    test('have the timeouts of 30 seconds counted, also of processes side by side', async () => {
      const { slowHosts } = open()
      const here = place()
      await Promise.all(Array.from({ length: 4 }, () => slowHosts.count(here, NOW)))
      expect(await slowHosts.count(here, later(NOW, 29))).toEqual({
        timeouts: 5,
        since: NOW,
        last: later(NOW, 29),
      })
    })

    test('begin anew after that, unless there were five', async () => {
      const { slowHosts } = open()
      const here = place()
      await slowHosts.count(here, NOW)
      const late = later(NOW, 31)
      expect(await slowHosts.count(here, late)).toEqual({ timeouts: 1, since: late, last: late })
      for (let i = 0; i < 4; i++) await slowHosts.count(here, late)
      const state = await slowHosts.count(here, later(late, 59))
      expect(state).toEqual({ timeouts: 6, since: late, last: later(late, 59) })
      expect([isOpen(state, later(late, 118)), isOpen(state, later(late, 119))]).toEqual([true, false])
      expect(await slowHosts.count(here, later(late, 120))).toMatchObject({ timeouts: 1 })
    })

    test('let one process take the call that may wait', async () => {
      const { slowHosts } = open()
      const here = place()
      const read = await slowHosts.count(here, NOW)
      const claims = await Promise.all([1, 2, 3].map(() => slowHosts.claimCanary(here, read, later(NOW, 30))))
      expect(claims.filter(Boolean)).toHaveLength(1)
      const again = await slowHosts.get(here)
      expect(again).toMatchObject({ canaryAt: later(NOW, 30) })
      if (again === undefined) return
      expect(await slowHosts.claimCanary(here, again, later(NOW, 60))).toBe(true)
    })

    test('are cleared by an answer, but not of timeouts that were counted anew', async () => {
      const { slowHosts } = open()
      const here = place()
      const read = await slowHosts.count(here, NOW)
      await slowHosts.count(here, later(NOW, 100))
      await slowHosts.clear(here, read)
      const now = await slowHosts.get(here)
      expect(now).toMatchObject({ timeouts: 1 })
      if (now !== undefined) await slowHosts.clear(here, now)
      expect(await slowHosts.get(here)).toMatchObject({ timeouts: 0 })
    })
  })
}
