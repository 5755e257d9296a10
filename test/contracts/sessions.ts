// What every implementation of ConnectSessions and PendingAuthorizations has to do.
import { describe, expect, test } from 'vitest'
import type { SessionState } from '#domain/connect/connect-session.ts'
import { later } from '#domain/time.ts'
import { aLink, aPending, aSession, bytes, NOW, newId, randomHash } from './samples.ts'
import type { OpenStores } from './stores.ts'

export function sessionsContract(open: OpenStores): void {
  async function created() {
    const stores = open()
    const session = aSession(newId('tenant'))
    const link = aLink(session)
    await stores.sessions.create(session, link)
    return { ...stores, session, link }
  }

  async function begun() {
    const { session, link, ...stores } = await created()
    const pending = aPending(session)
    await stores.sessions.begin(link, pending)
    const { appId, browserHash } = pending
    return { ...stores, session, pending, right: { appId, browserHash, now: NOW } }
  }

  describe('connect sessions', () => {
    test('are given back as they were created, to their own tenant', async () => {
      const { sessions, session } = await created()
      expect(await sessions.get(session.tenantId, session.id)).toEqual(session)
      expect(await sessions.get(newId('tenant'), session.id)).toBeUndefined()
    })

    test('may name the connection that is to be reconnected', async () => {
      const { sessions } = open()
      const session = aSession(newId('tenant'), { reconnects: newId('connection') })
      await sessions.create(session, aLink(session))
      expect(await sessions.get(session.tenantId, session.id)).toEqual(session)
    })

    test('are found by the hash of their link', async () => {
      const { sessions, link } = await created()
      expect(await sessions.findLink(link.secretHash)).toEqual(link)
      expect(await sessions.findLink(randomHash())).toBeUndefined()
    })

    test('move on from the given state, with the new expiry', async () => {
      const { sessions, session } = await begun()
      const states: SessionState[] = [
        { status: 'awaiting_completion', code: bytes(1), codeVerifier: bytes(2), completionHash: 'hash' },
        { status: 'exchanging' },
        { status: 'connected', connectionId: newId('connection') },
      ]
      let from: SessionState['status'] = 'authorizing'
      for (const [i, state] of states.entries()) {
        const expiresAt = later(NOW, 1000 + i)
        expect(await sessions.move(session, from, state, expiresAt)).toBe(true)
        expect(await sessions.get(session.tenantId, session.id)).toEqual({ ...session, state, expiresAt })
        from = state.status
      }
    })

    test('do not move on from another state, and are not created by a move', async () => {
      const { sessions, session } = await created()
      const failed = { status: 'failed', error: 'server_error' } as const
      expect(await sessions.move(session, 'authorizing', failed, NOW)).toBe(false)
      expect(await sessions.get(session.tenantId, session.id)).toEqual(session)
      const missing = aSession(session.tenantId)
      expect(await sessions.move(missing, 'created', failed, NOW)).toBe(false)
      expect(await sessions.get(missing.tenantId, missing.id)).toBeUndefined()
    })

    test('move on once, however many try at the same time', async () => {
      const { sessions, session } = await begun()
      const moves = Array.from({ length: 6 }, () =>
        sessions.move(session, 'authorizing', { status: 'exchanging' }, NOW),
      )
      expect((await Promise.all(moves)).filter(Boolean)).toHaveLength(1)
    })
  })

  describe('beginning', () => {
    test('moves the session to "authorizing", with the expiry of the pending authorization', async () => {
      const { sessions, session, pending } = await begun()
      const { expiresAt } = pending
      const state = { status: 'authorizing' }
      expect(await sessions.get(session.tenantId, session.id)).toEqual({ ...session, state, expiresAt })
    })

    test('uses the link up: of many at once one begins, and one state is stored', async () => {
      const { sessions, authorizations, session, link } = await created()
      const all = Array.from({ length: 5 }, () => aPending(session))
      const begins = await Promise.all(all.map((pending) => sessions.begin(link, pending)))
      expect(begins.filter(Boolean)).toHaveLength(1)
      const found = await Promise.all(all.map(({ stateHash }) => authorizations.find(stateHash)))
      expect(found.map((pending) => pending !== undefined)).toEqual(begins)
    })
  })

  describe('beginning again', () => {
    test('is for the link as it was read: it stores another state beside the first, and notes the browser', async () => {
      const { sessions, authorizations, session, pending, link } = await followed()
      const second = aPending(session)
      expect(await sessions.begin(link, second, 'confirmation')).toBe(true)
      for (const one of [pending, second]) expect(await authorizations.find(one.stateHash)).toEqual(one)
      const { stateHash, browserHash } = second
      expect((await sessions.findLink(link.secretHash))?.follower).toEqual({
        stateHash,
        browserHash,
        confirmationHash: 'confirmation',
      })
      // The link has moved on since it was read.
      expect(await sessions.begin(link, aPending(session))).toBe(false)
      const { expiresAt } = second
      expect(await sessions.get(session.tenantId, session.id)).toMatchObject({ expiresAt })
    })

    test('is over when one of the states was taken; the others end nothing', async () => {
      const { sessions, authorizations, session, pending, link } = await followed()
      const second = aPending(session)
      await sessions.begin(link, second)
      const arrivalOf = ({ appId, browserHash }: typeof pending) => ({ appId, browserHash, now: NOW })
      const state = { status: 'exchanging' } as const
      expect(await authorizations.take(second, arrivalOf(second), state, NOW)).toBe(true)
      expect(await authorizations.take(pending, arrivalOf(pending), state, NOW)).toBe(false)
      const now = await sessions.findLink(link.secretHash)
      if (now === undefined) throw new Error('The link is gone')
      expect(await sessions.begin(now, aPending(session))).toBe(false)
    })

    async function followed() {
      const { session, link, ...stores } = await created()
      const pending = aPending(session)
      await stores.sessions.begin(link, pending)
      const found = await stores.sessions.findLink(link.secretHash)
      if (found === undefined) throw new Error('The link is gone')
      return { ...stores, session, pending, link: found }
    }
  })

  describe('a pending authorization', () => {
    const denied: SessionState = { status: 'denied', error: 'access_denied' }

    test('is found as it was stored, and taken once, which moves its session on', async () => {
      const { authorizations, sessions, session, pending, right } = await begun()
      expect(await authorizations.find(pending.stateHash)).toEqual(pending)
      const expiresAt = later(NOW, 1000)
      expect(await authorizations.take(pending, right, denied, expiresAt)).toBe(true)
      const moved = { ...session, state: denied, expiresAt }
      expect(await sessions.get(session.tenantId, session.id)).toEqual(moved)
      expect(await authorizations.find(pending.stateHash)).toBeUndefined()
      const { codeVerifier: _, ...rest } = pending
      expect(await authorizations.findAny(pending.stateHash)).toMatchObject(rest)
      expect(await authorizations.take(pending, right, { status: 'exchanging' }, NOW)).toBe(false)
      expect(await sessions.get(session.tenantId, session.id)).toEqual(moved)
    })

    test('is taken once, however many try at the same time', async () => {
      const { authorizations, pending, right } = await begun()
      const takes = Array.from({ length: 6 }, () => authorizations.take(pending, right, denied, NOW))
      expect((await Promise.all(takes)).filter(Boolean)).toHaveLength(1)
    })

    test('stays for the right browser and app when others ask, and so does its session', async () => {
      const { authorizations, sessions, session, pending, right } = await begun()
      const before = await sessions.get(session.tenantId, session.id)
      for (const wrong of [{ browserHash: randomHash() }, { appId: newId('app') }]) {
        expect(await authorizations.take(pending, { ...right, ...wrong }, denied, NOW)).toBe(false)
        expect(await authorizations.find(pending.stateHash)).toEqual(pending)
        expect(await sessions.get(session.tenantId, session.id)).toEqual(before)
      }
      expect(await authorizations.take(pending, right, denied, NOW)).toBe(true)
    })

    test('is refused from the second on at which it expires', async () => {
      const { authorizations, pending, right } = await begun()
      const expired = { ...right, now: pending.expiresAt }
      expect(await authorizations.take(pending, expired, denied, NOW)).toBe(false)
      const justInTime = { ...right, now: later(pending.expiresAt, -1) }
      expect(await authorizations.take(pending, justInTime, denied, NOW)).toBe(true)
    })

    test('stays when its session was moved on without it', async () => {
      const { authorizations, sessions, session, pending, right } = await begun()
      await sessions.move(session, 'authorizing', denied, NOW)
      expect(await authorizations.take(pending, right, { status: 'exchanging' }, NOW)).toBe(false)
      expect(await authorizations.find(pending.stateHash)).toEqual(pending)
      expect((await sessions.get(session.tenantId, session.id))?.state).toEqual(denied)
    })

    test('that was not stored is neither found nor taken', async () => {
      const { authorizations, session, right } = await begun()
      expect(await authorizations.find(randomHash())).toBeUndefined()
      expect(await authorizations.findAny(randomHash())).toBeUndefined()
      expect(await authorizations.take(aPending(session), right, denied, NOW)).toBe(false)
    })
  })
}
