// What every implementation of KeyedCalls has to do.
import { describe, expect, test } from 'vitest'
import { epochSeconds, later } from '#domain/time.ts'
import { aKeyedCall, bytes, NOW, newId, randomHash } from './samples.ts'
import type { OpenStores } from './stores.ts'

const KEPT = { status: 'kept', answer: bytes(1, 2, 255) } as const

export function keyedCallsContract(open: OpenStores): void {
  const aCall = (change = {}) => aKeyedCall(newId('tenant'), change)

  describe('a call with a key', () => {
    test('begins once: a later one gets it as it is', async () => {
      const { keyedCalls } = open()
      const call = aCall()
      expect(await keyedCalls.get(call, NOW)).toBeUndefined()
      expect(await keyedCalls.begin(call, NOW)).toBeUndefined()
      const other = { ...call, attempt: randomHash(), fingerprint: randomHash() }
      expect(await keyedCalls.begin(other, NOW)).toEqual(call)
      expect(await keyedCalls.get(other, NOW)).toEqual(call)
    })

    test('begins once when many come at the same time', async () => {
      const { keyedCalls } = open()
      const call = aCall()
      const attempts = Array.from({ length: 10 }, () => ({ ...call, attempt: randomHash() }))
      const found = await Promise.all(attempts.map((attempt) => keyedCalls.begin(attempt, NOW)))
      const [winner, ...more] = attempts.filter((_, i) => found[i] === undefined)
      expect(more).toEqual([])
      for (const earlier of found) if (earlier !== undefined) expect(earlier).toEqual(winner)
    })

    test('is another one with another key, connection or tenant', async () => {
      const { keyedCalls } = open()
      const call = aCall()
      await keyedCalls.begin(call, NOW)
      for (const change of [
        { keyHash: randomHash() },
        { connectionId: newId('connection') },
        { tenantId: newId('tenant') },
      ]) {
        expect(await keyedCalls.get({ ...call, ...change }, NOW)).toBeUndefined()
        expect(await keyedCalls.begin({ ...call, ...change }, NOW)).toBeUndefined()
      }
    })

    test.each([KEPT, { status: 'not_kept', upstreamStatus: 201 }, { status: 'unknown' }] as const)(
      'ends as $status, and is kept for its lifetime from then on',
      async (state) => {
        const { keyedCalls } = open()
        const call = aCall()
        const expiresAt = later(NOW, 90_000)
        await keyedCalls.begin(call, NOW)
        expect(await keyedCalls.end(call, state, expiresAt)).toBe(true)
        const ended = { ...call, state, expiresAt }
        expect(await keyedCalls.get(call, NOW)).toEqual(ended)
        expect(await keyedCalls.begin({ ...call, attempt: randomHash() }, NOW)).toEqual(ended)
        // The store may be asked twice, because its first answer was lost.
        expect(await keyedCalls.end(call, state, expiresAt)).toBe(true)
      },
    )

    test('that has expired is not found, and its key is free', async () => {
      const { keyedCalls } = open()
      const call = aCall()
      await keyedCalls.begin(call, NOW)
      await keyedCalls.end(call, KEPT, call.expiresAt)
      const before = epochSeconds(call.expiresAt - 1)
      expect(await keyedCalls.get(call, before)).toMatchObject({ state: KEPT })
      expect(await keyedCalls.get(call, call.expiresAt)).toBeUndefined()
      const next = { ...call, attempt: randomHash(), expiresAt: later(call.expiresAt, 86_400) }
      expect(await keyedCalls.begin(next, before)).toMatchObject({ attempt: call.attempt })
      expect(await keyedCalls.begin(next, call.expiresAt)).toBeUndefined()
      expect(await keyedCalls.get(call, call.expiresAt)).toEqual(next)
    })

    test('is neither ended nor forgotten by another attempt', async () => {
      const { keyedCalls } = open()
      const call = aCall()
      const other = { ...call, attempt: randomHash() }
      expect(await keyedCalls.end(call, KEPT, call.expiresAt)).toBe(false)
      await keyedCalls.begin(call, NOW)
      expect(await keyedCalls.end(other, KEPT, call.expiresAt)).toBe(false)
      await keyedCalls.forget(other)
      expect(await keyedCalls.get(call, NOW)).toEqual(call)
    })

    test('that is forgotten leaves its key free', async () => {
      const { keyedCalls } = open()
      const call = aCall()
      await keyedCalls.begin(call, NOW)
      await keyedCalls.forget(call)
      await keyedCalls.forget(call)
      expect(await keyedCalls.begin({ ...call, attempt: randomHash() }, NOW)).toBeUndefined()
    })
  })
}
