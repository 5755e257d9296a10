// What every implementation of ConnectSessions has to do with the openings of a reconnect link.
import { describe, expect, test } from 'vitest'
import type { SessionState } from '#domain/connect/connect-session.ts'
import { later } from '#domain/time.ts'
import { aLink, aPending, aSession, bytes, NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

export function openingsContract(open: OpenStores): void {
  async function created() {
    const stores = open()
    const session = aSession(newId('tenant'), { purpose: 'reconnect', reconnects: newId('connection') })
    await stores.sessions.create(session, aLink(session))
    const read = async () => {
      const found = await stores.sessions.get(session.tenantId, session.id)
      if (found === undefined) throw new Error('The session is gone')
      return found
    }
    return { ...stores, session, read }
  }
  const openingOf = ({ stateHash }: { readonly stateHash: string }, number: number, failures = 0) => ({
    number,
    stateHash,
    failures,
  })
  const arrivalOf = ({ appId, browserHash }: ReturnType<typeof aPending>) => ({
    appId,
    browserHash,
    now: NOW,
  })
  const exchanging = { status: 'exchanging' } as const

  describe('an opening of a reconnect link', () => {
    test('moves the session to "authorizing" from each state that it may have, and stores the state', async () => {
      const { sessions, authorizations, session, read } = await created()
      const states: SessionState[] = [
        { status: 'denied', error: 'access_denied' },
        { status: 'failed', error: 'workspace_mismatch' },
        { status: 'awaiting_completion', code: bytes(1), codeVerifier: bytes(2), completionHash: 'hash' },
        exchanging,
      ]
      for (const [place, state] of [session.state, ...states].entries()) {
        if (place > 0) expect(await sessions.move(await read(), 'authorizing', state, NOW)).toBe(true)
        const pending = aPending(session)
        // Each failure has an event with a number of its own.
        const opening = openingOf(pending, place + 1, Math.min(place, 2))
        expect(await sessions.reopen(await read(), opening, pending)).toBe(true)
        const { expiresAt } = pending
        expect(await read()).toEqual({ ...session, state: { status: 'authorizing' }, opening, expiresAt })
        expect(await authorizations.find(pending.stateHash)).toEqual(pending)
      }
    })

    test('is for the session as it was read: of many at once, one succeeds', async () => {
      const { sessions, session, read } = await created()
      for (const number of [1, 2]) {
        const before = await read()
        const all = Array.from({ length: 5 }, () => aPending(session))
        const opened = await Promise.all(
          all.map((pending) => sessions.reopen(before, openingOf(pending, number), pending)),
        )
        expect(opened.filter(Boolean)).toHaveLength(1)
        expect((await read()).opening?.stateHash).toBe(all[opened.indexOf(true)]?.stateHash)
      }
    })

    test('is refused when the session has moved on, and then stores no state', async () => {
      const { sessions, authorizations, session, read } = await created()
      const first = aPending(session)
      await sessions.reopen(await read(), openingOf(first, 1), first)
      const before = await read()
      expect(await sessions.move(session, 'authorizing', exchanging, later(NOW, 60))).toBe(true)
      const second = aPending(session)
      expect(await sessions.reopen(before, openingOf(second, 2), second)).toBe(false)
      expect(await authorizations.find(second.stateHash)).toBeUndefined()
      expect((await read()).state).toEqual(exchanging)
    })

    test('supersedes the one before: its authorization cannot be taken any more, the new one can', async () => {
      const { sessions, authorizations, session, read } = await created()
      const [first, second] = [aPending(session), aPending(session)]
      await sessions.reopen(await read(), openingOf(first, 1), first)
      await sessions.reopen(await read(), openingOf(second, 2), second)
      expect(await authorizations.take(first, arrivalOf(first), exchanging, NOW)).toBe(false)
      expect(await authorizations.find(first.stateHash)).toEqual(first)
      expect((await read()).state.status).toBe('authorizing')
      expect(await authorizations.take(second, arrivalOf(second), exchanging, NOW)).toBe(true)
    })
  })
}
