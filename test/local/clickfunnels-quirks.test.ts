// The provider's quirks that tests order: each knob of docs/local.md, over real HTTP.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CLIENT, type SimulatedProvider, startProvider } from '../support/simulated-provider.ts'

let clock = Date.UTC(2026, 0, 1)
let provider: SimulatedProvider

beforeAll(async () => {
  provider = await startProvider(() => clock)
})
beforeEach(() => provider.reset())
afterAll(() => provider?.close())

const credentials = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret.reveal() }

async function issued() {
  await provider.control('POST', 'tokens', { client_id: CLIENT.clientId, workspace_id: 20417 })
  const [row] = await provider.tokens()
  if (row === undefined) throw new Error('no token was issued')
  return { accessToken: row.access_token, refreshToken: row.refresh_token ?? '' }
}

const headers = { 'user-agent': 'test' }
const post = (path: string, parameters: Record<string, string>) =>
  fetch(`${provider.url}${path}`, { method: 'POST', headers, body: new URLSearchParams(parameters) })
const refresh = (refreshToken: string) =>
  post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken, ...credentials })
const me = (accessToken: string) =>
  fetch(`${provider.url}/api/v2/me`, { headers: { ...headers, authorization: `Bearer ${accessToken}` } })

describe('a fault that lasts', () => {
  test('affects every request until its seconds are over', async () => {
    const { accessToken } = await issued()
    await provider.faultFor(15, '/api/v2/me', { kind: 'status', status: 404 })
    for (let second = 0; second < 15; second++) {
      expect((await me(accessToken)).status).toBe(404)
      clock += 1000
    }
    expect((await me(accessToken)).status).toBe(200)
  })

  test('affects at most as many requests as were ordered', async () => {
    const { accessToken } = await issued()
    const fault = { kind: 'status', status: 500 }
    await provider.control('POST', 'faults', { path: '/api/v2/me', times: 2, seconds: 15, fault })
    const answers = [await me(accessToken), await me(accessToken), await me(accessToken)]
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 200])
  })
})

test('GET /me that is said to accept any token does so, and the rest of the API does not', async () => {
  await provider.faultFor(60, '/api/v2/me', { kind: 'status', status: 200, body: { id: 1 } })
  expect((await me('any')).status).toBe(200)
  const teams = await fetch(`${provider.url}/api/v2/teams`, { headers: { authorization: 'Bearer any' } })
  expect(teams.status).toBe(401)
})

test('valid tokens are refused for a while, and none is lost', async () => {
  const { accessToken, refreshToken } = await issued()
  await provider.faultFor(15, '/', { kind: 'refused' })
  const denied = await me(accessToken)
  expect([denied.status, denied.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('error="invalid_token"'),
  ])
  const refused = await refresh(refreshToken)
  expect([refused.status, await refused.json()]).toEqual([
    400,
    expect.objectContaining({ error: 'invalid_grant' }),
  ])
  expect((await post('/oauth/revoke', { token: 'unknown' })).status).toBe(200)
  clock += 15_000
  expect((await me(accessToken)).status).toBe(200)
  expect((await refresh(refreshToken)).status).toBe(200)
})

test('a token answer has any member and status that was ordered, and its tokens work', async () => {
  const { refreshToken } = await issued()
  const fault = {
    kind: 'members',
    set: { expires_in: 1e300, scope: ['admin'] },
    remove: ['token_type'],
    status: 201,
  }
  await provider.fault('/oauth/token', fault)
  const answer = await refresh(refreshToken)
  const tokens = (await answer.json()) as Record<string, unknown>
  expect([answer.status, tokens]).toEqual([
    201,
    expect.objectContaining({ expires_in: 1e300, scope: ['admin'] }),
  ])
  expect(tokens).not.toHaveProperty('token_type')
  expect((await me(String(tokens.access_token))).status).toBe(200)
})

test('a revocation that answers 200 and does nothing leaves the tokens as they were', async () => {
  const { accessToken } = await issued()
  await provider.fault('/oauth/revoke', { kind: 'status', status: 200, body: {} })
  expect((await post('/oauth/revoke', { token: accessToken, ...credentials })).status).toBe(200)
  expect((await me(accessToken)).status).toBe(200)
})
