// The budget of a call: a caller is given up before ClickFunnels is, a refresh begins only with its whole budget, and what
// is in hand is kept.

import { describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { refreshNow } from '#domain/proxy/refresh-now.ts'
import { deadlineIn } from '#domain/time.ts'
import { replaceRejected } from '#domain/tokens/await-refresh.ts'
import { usableToken } from '#domain/tokens/fresh-token.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { connectedScene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

const LIFETIME = 7200
const refOf = ({ tenantId, id }: Connection) => ({ tenantId, connectionId: id })
const use = (services: FakeServices, connection: Connection, seconds = 0) =>
  usableToken(services, refOf(connection), seconds)

/** ClickFunnels replaces the tokens at once, and answers so many seconds later. */
function answerAfter(services: FakeServices, seconds: number): Promise<void> {
  return new Promise((answered) => {
    services.clickfunnels.script('refresh', async (work) => {
      const granted = await work()
      for (let waited = 0; waited < seconds; waited++) await services.sleep(1000)
      answered()
      return granted
    })
  })
}

async function expired(mode: 'strict' | 'rotating' = 'strict') {
  const { services, scene, connection } = await connectedScene(mode)
  services.clock.advance(LIFETIME)
  return { services, scene, connection, began: services.clock.milliseconds() }
}

describe('ClickFunnels replaces the tokens and answers after 12 s', () => {
  test('so the caller is given up within 10 s, and the tokens are stored', async () => {
    const { services, scene, connection, began } = await expired()
    const answered = answerAfter(services, 12)
    await expect(use(services, connection)).rejects.toMatchObject({
      code: 'recovering',
      retryAfterSeconds: 5,
    })
    expect(services.clock.milliseconds() - began).toBeLessThanOrEqual(10_000)
    await answered
    await expect.poll(async () => (await scene.stored(connection)).generation).toBe(2)
    expect((await use(services, connection)).connection.generation).toBe(2)
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('so callers of other processes are given up within 10 s, too', async () => {
    const { services, connection, began } = await expired()
    answerAfter(services, 12)
    const callers = [use(services, connection), use(services, connection)]
    const ended = await Promise.allSettled(callers)
    expect(ended).toMatchObject([{ reason: { code: 'recovering' } }, { reason: { code: 'recovering' } }])
    // The clock of the tests moves by the whole pause of a caller that waits.
    expect(services.clock.milliseconds() - began).toBeLessThanOrEqual(11_500)
  })

  test('so a caller whose token is still valid is served with it', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    services.clock.advance(LIFETIME - 1000)
    const answered = answerAfter(services, 12)
    expect((await use(services, connection, 1000)).connection.generation).toBe(1)
    await answered
    await expect.poll(async () => (await scene.stored(connection)).generation).toBe(2)
  })

  test.each<[string, (services: FakeServices, connection: Connection, scene: unknown) => Promise<unknown>]>([
    ['a refresh that was asked for', (services, { id }, scene) => refreshNow(services, scene as never, id)],
    ['a call that was answered with 401', (services, connection) => replaceRejected(services, connection)],
  ])('so %s is given up, and the tokens are stored', async (_, act) => {
    const { services, scene, connection, began } = await expired()
    const answered = answerAfter(services, 12)
    await expect(act(services, connection, scene.caller)).rejects.toMatchObject({ code: 'recovering' })
    expect(services.clock.milliseconds() - began).toBeLessThanOrEqual(10_000)
    await answered
    await expect.poll(async () => (await scene.stored(connection)).generation).toBe(2)
  })
})

describe('a refresh', () => {
  test.each([
    ['of a call', 29, 20],
    ['of a call that has less time', 22, 13],
    ['of the schedule, for no longer than its lease lasts', 90, 20],
  ])('%s waits for ClickFunnels until the time for the commit', async (_, seconds, waits) => {
    const { services, connection } = await connectedScene()
    const given: unknown[] = []
    const { refresh } = services.authorizationServer
    services.authorizationServer.refresh = (client, token, within) => {
      given.push(within)
      return refresh.call(services.authorizationServer, client, token, within)
    }
    await refreshConnection(services, connection, 'schedule', deadlineIn(services.now(), seconds))
    expect(given).toEqual([waits])
  })

  test('does not begin without its whole budget, and its caller may try again', async () => {
    const { services, scene, connection } = await expired()
    const late = deadlineIn(services.now(), 18)
    expect(await refreshConnection(services, connection, 'call', late)).toEqual({ outcome: 'no_time' })
    await expect(usableToken(services, refOf(connection), 0, late)).rejects.toMatchObject({
      code: 'storage_unavailable',
      retryAfterSeconds: 5,
    })
    expect(services.clickfunnels.counts.refresh).toBe(0)
    expect(await scene.stored(connection)).not.toHaveProperty('lease')
  })

  test('that does not begin leaves its caller the token that is still valid', async () => {
    const { services, connection } = await connectedScene()
    services.clock.advance(LIFETIME - 1000)
    const token = await usableToken(services, refOf(connection), 1000, deadlineIn(services.now(), 18))
    expect(token.connection.generation).toBe(1)
  })
})
