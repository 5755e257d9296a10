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
    for (const variant of ['json', 'missing_access_token']) {
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
    expect(await refresh()).toEqual({ outcome, error, status })
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
    expect(await refresh()).toEqual({ outcome: 'provider_down', detail: `status ${status}`, status })
  })

  test.each([504, 524])(
    'of a gateway that gave up (%i) means that the request may still be under way',
    async (status) => {
      await answering(status, `<p>${CANARY}</p>`, { html: true })
      expect(await refresh()).toEqual({ outcome: 'answer_late', detail: `status ${status}` })
    },
  )
})

describe('an answer with an odd member is kept', () => {
  test.each<[string, number, object, object]>([
    ['no token type', 200, { token_type: undefined }, { oddities: ['token_type'] }],
    ['a token type that is null', 200, { token_type: null }, { oddities: ['token_type'] }],
    ['a token type that is a number', 200, { token_type: 7 }, { oddities: ['token_type'] }],
    ['another token type', 200, { token_type: 'mac' }, { oddities: ['token_type'] }],
    ['a token that is bound to a key', 200, { token_type: 'DPoP' }, { oddities: ['token_type'] }],
    ['no lifetime', 200, { expires_in: undefined }, {}],
    ['a lifetime of null', 200, { expires_in: null }, {}],
    ['a lifetime in words', 200, { expires_in: 'soon' }, { oddities: ['expires_in'] }],
    ['a negative lifetime', 200, { expires_in: -1 }, { oddities: ['expires_in'] }],
    ['a lifetime of nothing', 200, { expires_in: 0 }, { oddities: ['expires_in'] }],
    ['a lifetime of 1e13', 200, { expires_in: 1e13 }, { oddities: ['expires_in'] }],
    ['a lifetime of 1e300', 200, { expires_in: 1e300 }, { oddities: ['expires_in'] }],
    ['a lifetime in a list', 200, { expires_in: [7200] }, { oddities: ['expires_in'] }],
    ['a lifetime that is true', 200, { expires_in: true }, { oddities: ['expires_in'] }],
    ['a lifetime in a string', 200, { expires_in: '7200' }, { expiresInSeconds: 7200 }],
    ['a lifetime in parts of a second', 200, { expires_in: 7200.9 }, { expiresInSeconds: 7200 }],
    [
      'scopes in a list',
      200,
      { scope: ['admin', 'read'] },
      { scopes: ['admin', 'read'], oddities: ['scope'] },
    ],
    ['scopes that are a number', 200, { scope: 7 }, { scopes: [], oddities: ['scope'] }],
    ['scopes that are an object', 200, { scope: { a: 1 } }, { scopes: [], oddities: ['scope'] }],
    ['scopes with more than a space between', 200, { scope: ' admin  read ' }, { scopes: ['admin', 'read'] }],
    ['a refresh token that is a number', 200, { refresh_token: 7 }, { oddities: ['refresh_token'] }],
    ['a refresh token that is an object', 200, { refresh_token: {} }, { oddities: ['refresh_token'] }],
    ['a workspace that is an object', 200, { workspace_id: {}, workspace_name: [] }, { workspace: {} }],
    ['a workspace id beyond safe integers', 200, { workspace_id: 1e300 }, { workspace: {} }],
    ['a creation time in words', 200, { created_at: 'today' }, {}],
    ['members that RFC 6749 does not name', 200, { id_token: 7, authorization_details: 'x' }, {}],
    ['an error beside the tokens', 200, { error: 'invalid_grant' }, {}],
    ['another status of success', 201, {}, {}],
    ['a status that says it is only accepted', 202, {}, {}],
    ['a status of partial content', 206, {}, {}],
    ['a status of other information', 203, {}, {}],
  ])('(%s)', async (_, status, more, expected) => {
    await answering(status, { ...TOKENS, ...more })
    const outcome = await refresh()
    expect(outcome).toMatchObject({ outcome: 'granted', tokens: expected })
    if (outcome.outcome !== 'granted') return
    expect(outcome.tokens.accessToken.reveal()).toBe(CANARY)
    expect(outcome.tokens.oddities).toEqual((expected as { oddities?: string[] }).oddities)
  })

  test('in HTML content, too, as long as it is JSON', async () => {
    await answering(200, JSON.stringify(TOKENS), { html: true })
    expect(await refresh()).toMatchObject({ outcome: 'granted' })
  })
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
