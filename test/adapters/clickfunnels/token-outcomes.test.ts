// What a token endpoint may answer instead of tokens. Only the outcome is passed on, never the body.
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { ClickFunnelsOAuth } from '#adapters/clickfunnels/oauth.ts'
import { Secret } from '#domain/secret.ts'
import { startPeer } from '../../support/loopback-peer.ts'
import { CLIENT, profileAt, type SimulatedProvider, startProvider } from '../../support/simulated-provider.ts'

let provider: SimulatedProvider
let oauth: ClickFunnelsOAuth
beforeAll(async () => {
  provider = await startProvider()
  oauth = new ClickFunnelsOAuth(provider.profile)
})
beforeEach(() => provider.reset())
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => provider?.close())

const CANARY = 'canary-token'
const TOKENS = { access_token: CANARY, token_type: 'Bearer', expires_in: 7200, refresh_token: `${CANARY}-2` }
const refresh = () => oauth.refresh(CLIENT, new Secret('unknown'))
const answering = (status: number, body: unknown, more: object = {}) =>
  provider.fault('/oauth/token', { kind: 'status', status, body, ...more })
const without = (name: keyof typeof TOKENS) => ({ ...TOKENS, [name]: undefined })

describe('an answer that is not a token response', () => {
  test.each<[string, number, unknown, object?]>([
    ['a block page in HTML', 403, `<p>${CANARY}</p>`, { html: true }],
    ['a success in HTML', 200, `<p>${CANARY}</p>`, { html: true }],
    ['JSON that breaks off', 200, `{"access_token":"${CANARY}"`],
    ['JSON that is no object', 200, `["${CANARY}"]`],
    ['nothing', 200, ''],
    ['no access token', 200, without('access_token')],
    ['a blank access token', 200, { ...TOKENS, access_token: '' }],
    ['an access token that is a number', 200, { ...TOKENS, access_token: 7 }],
    ['no token type', 200, without('token_type')],
    ['another token type', 200, { ...TOKENS, token_type: 'mac' }],
    ['a token that is bound to a key', 200, { ...TOKENS, token_type: 'DPoP' }],
    ['a lifetime that is none', 200, { ...TOKENS, expires_in: 'soon' }],
    ['a negative lifetime', 200, { ...TOKENS, expires_in: -1 }],
    ['tokens with another status', 201, TOKENS],
    ['a redirect', 302, TOKENS],
    ['an error without a code', 400, { message: CANARY }],
    ['an error that is not of the set', 400, { error: CANARY, error_description: CANARY }],
    ['an error with another status', 200, { error: 'invalid_grant' }],
  ])('(%s) is malformed, and nothing of it is passed on', async (_, status, body, more) => {
    await answering(status, body, more)
    const outcome = await refresh()
    expect(outcome).toEqual({ outcome: 'malformed', detail: expect.any(String) })
    expect(inspect(outcome, { depth: 9, showHidden: true })).not.toContain(CANARY)
  })

  test('is malformed, too, if tokens had been granted', async () => {
    for (const variant of ['json', 'token_type', 'missing_access_token']) {
      const grant = await provider.approve()
      await provider.fault('/oauth/token', { kind: 'malformed', variant }, 'after')
      const outcome = await oauth.exchangeCode(CLIENT, grant)
      expect(outcome).toMatchObject({ outcome: 'malformed' })
      const [row] = (await provider.tokens()).slice(-1)
      expect(inspect(outcome)).not.toContain(row?.access_token)
    }
  })
})

describe('a failure', () => {
  test.each([
    [400, 'invalid_grant', 'grant_refused'],
    [401, 'invalid_client', 'client_refused'],
    [400, 'invalid_client', 'client_refused'],
    [400, 'unauthorized_client', 'client_refused'],
  ])('of status %i and code %s is "%s"', async (status, error, outcome) => {
    await answering(status, { error, error_description: CANARY })
    expect(await refresh()).toEqual({ outcome, error })
  })

  test.each<[number | string | undefined, object]>([
    [7, { retryAfterSeconds: 7 }],
    ['Thu, 01 Jan 2026 00:00:00 GMT', { retryAfterSeconds: 0 }],
    ['soon', {}],
    [undefined, {}],
  ])(
    'of status 429 with Retry-After %s says how long to wait, if that is readable',
    async (retry_after, wait) => {
      await answering(429, { error: 'rate_limited' }, { ...(retry_after !== undefined && { retry_after }) })
      expect(await refresh()).toEqual({ outcome: 'rate_limited', ...wait })
    },
  )

  test.each([500, 502, 503, 520])('of status %i is about the provider', async (status) => {
    await answering(status, `<p>${CANARY}</p>`, { html: true })
    expect(await refresh()).toEqual({ outcome: 'provider_down', detail: `status ${status}` })
  })

  test.each([504, 524])(
    'of a gateway that gave up (%i) means that the request may still be under way',
    async (status) => {
      await answering(status, `<p>${CANARY}</p>`, { html: true })
      expect(await refresh()).toEqual({ outcome: 'answer_late', detail: `status ${status}` })
    },
  )
})

describe('tokens', () => {
  const granted = async (body: object) => {
    await answering(200, body)
    const outcome = await refresh()
    if (outcome.outcome !== 'granted') throw new Error(inspect(outcome))
    return outcome.tokens
  }

  test.each(['Bearer', 'bearer', 'BEARER'])('of the type "%s" are accepted', async (token_type) => {
    expect((await granted({ ...TOKENS, token_type })).accessToken.reveal()).toBe(CANARY)
  })

  test.each([null, ''])('with blank members (%j) are accepted as if these were left out', async (blank) => {
    const blanks = { refresh_token: blank, expires_in: blank, scope: blank, workspace_id: blank }
    expect(await granted({ ...TOKENS, ...blanks })).toEqual({
      accessToken: expect.any(Secret),
      scopes: [],
      workspace: {},
    })
  })

  test('are not in the log', async () => {
    expect(inspect(await granted(TOKENS), { depth: 9, showHidden: true })).not.toContain(CANARY)
  })

  test.each([['https://evil.example'], ['http://127.0.0.9:1/path'], ['https://user@127.0.0.2'], [7]])(
    'of a workspace at %s come without its host',
    async (workspace_url) => {
      expect((await granted({ ...TOKENS, workspace_id: 7, workspace_url })).workspace).toEqual({ id: '7' })
    },
  )
})

describe('a request that is not answered', () => {
  test('to a port that is closed was not sent', async () => {
    const peer = await startPeer(() => {})
    await peer.close()
    const outcome = await new ClickFunnelsOAuth(profileAt(peer.url)).refresh(CLIENT, new Secret('x'))
    expect(outcome).toEqual({ outcome: 'provider_down', detail: 'ECONNREFUSED' })
  })

  test('within ten seconds may still be under way', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const peer = await startPeer(() => {})
    const waiting = new ClickFunnelsOAuth(profileAt(peer.url)).refresh(CLIENT, new Secret('x'))
    while (peer.requests.length === 0) await turn()
    vi.advanceTimersByTime(10_000)
    expect(await waiting).toMatchObject({ outcome: 'answer_late' })
    await peer.close()
  })
})
