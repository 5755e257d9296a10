// The simulator's access and refresh tokens over real HTTP. What is expected here was measured on Doorkeeper.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Simulator, startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'

const REDIRECT_URI = 'https://saas.example/v1/callback/app_1'
const CLIENT = { client_id: 'client-1', client_secret: 'secret-1' }
const INVALID_GRANT = {
  error: 'invalid_grant',
  error_description:
    'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
}

interface Pair {
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_in: number
  readonly [member: string]: unknown
}

let clock = Date.UTC(2026, 0, 1)
let simulator: Simulator

beforeAll(async () => {
  simulator = await startClickFunnels({ port: 0, now: () => clock })
})
beforeEach(() => control('POST', 'reset'))
afterAll(() => simulator.close())

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${simulator.url}/_control/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return answer.status === 204 ? undefined : answer.json()
}

function post(path: string, parameters: Record<string, string>): Promise<Response> {
  return fetch(`${simulator.url}${path}`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    redirect: 'manual',
  })
}

/** Registers the application and submits the consent form for the first workspace. */
async function connect(application: Record<string, unknown>): Promise<Pair> {
  await control('POST', 'applications', { ...CLIENT, redirect_uris: [REDIRECT_URI], ...application })
  const request = {
    client_id: CLIENT.client_id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    grant_type: 'authorization_code',
    new_installation: 'true',
  }
  const approved = await post('/oauth/authorize', {
    ...request,
    workspace_id: '20417',
    decision: 'authorize',
  })
  const code = new URL(approved.headers.get('location') ?? '').searchParams.get('code') ?? ''
  const grant = { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI }
  return (await post('/oauth/token', { ...grant, ...CLIENT })).json() as Promise<Pair>
}

function refresh(refreshToken: string): Promise<Response> {
  return post('/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken, ...CLIENT })
}

async function refreshed(refreshToken: string): Promise<Pair> {
  const answer = await refresh(refreshToken)
  expect(answer.status).toBe(200)
  return answer.json() as Promise<Pair>
}

async function probe(accessToken: string, origin = simulator.url): Promise<number> {
  const answer = await fetch(`${origin}/api/v2/me`, { headers: { authorization: `Bearer ${accessToken}` } })
  return answer.status
}

describe('an application whose tokens do not expire', () => {
  it('gets no refresh token but an expires_in, and the token outlives it', async () => {
    const token = await connect({})
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 7200, scope: 'admin read' })
    expect(token).not.toHaveProperty('refresh_token')
    clock += 365 * 24 * 3600 * 1000
    expect(await probe(token.access_token)).toBe(200)
  })

  it('gets refresh tokens from the day its mode changes', async () => {
    await connect({})
    await control('PATCH', `applications/${CLIENT.client_id}`, { tokens: 'rotating' })
    expect(await connect({ tokens: 'rotating' })).toHaveProperty('refresh_token')
  })
})

describe('with the previous_refresh_token column', () => {
  it('keeps the old access token good until the new one is first presented', async () => {
    const old = await connect({ tokens: 'rotating' })
    const fresh = await refreshed(old.refresh_token)
    expect(await probe(old.access_token)).toBe(200)
    expect(await probe(fresh.access_token)).toBe(200)
    expect(await probe(old.access_token)).toBe(401)
    expect(await (await refresh(old.refresh_token)).json()).toEqual(INVALID_GRANT)
  })

  it('counts a presentation on any host, also of an answer that is 404', async () => {
    const old = await connect({ tokens: 'rotating' })
    const fresh = await refreshed(old.refresh_token)
    expect(await probe(fresh.access_token, `http://${simulator.workspaceHosts[2]}`)).toBe(404)
    expect(await probe(old.access_token)).toBe(401)
  })

  it('gives a second independent pair for the old refresh token while the new access token is unused', async () => {
    const old = await connect({ tokens: 'rotating' })
    const first = await refreshed(old.refresh_token)
    const second = await refreshed(old.refresh_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(await probe(first.access_token)).toBe(200)
    expect(await probe(second.access_token)).toBe(200)
    expect((await refresh(first.refresh_token)).status).toBe(200)
    expect((await refresh(second.refresh_token)).status).toBe(200)
  })

  it('lets all concurrent refreshes with one token succeed with live pairs', async () => {
    const old = await connect({ tokens: 'rotating' })
    const pairs = await Promise.all(Array.from({ length: 5 }, () => refreshed(old.refresh_token)))
    expect(new Set(pairs.map((pair) => pair.access_token)).size).toBe(5)
    for (const pair of pairs) expect(await probe(pair.access_token)).toBe(200)
    expect(await control('GET', 'tokens')).toMatchObject({
      grants: { authorization_code: 1, refresh_token: 5 },
    })
  })

  it('survives an answer that was lost', async () => {
    const old = await connect({ tokens: 'rotating' })
    await control('POST', 'faults', { path: '/oauth/token', when: 'after', fault: { kind: 'drop' } })
    await expect(refresh(old.refresh_token)).rejects.toThrow()
    expect((await refresh(old.refresh_token)).status).toBe(200)
  })

  it('revokes only the direct parent when a token is used, and nothing when a dead one is reused', async () => {
    const first = await connect({ tokens: 'rotating' })
    const second = await refreshed(first.refresh_token)
    const third = await refreshed(second.refresh_token)
    expect(await probe(third.access_token)).toBe(200)
    expect(await probe(first.access_token)).toBe(200)
    expect(await probe(second.access_token)).toBe(401)
    expect((await refresh(second.refresh_token)).status).toBe(400)
    expect(await probe(third.access_token)).toBe(200)
  })
})

describe('without the column (strict)', () => {
  it('revokes the old access token and the old refresh token at once', async () => {
    const old = await connect({ tokens: 'strict' })
    const fresh = await refreshed(old.refresh_token)
    expect(await probe(old.access_token)).toBe(401)
    const again = await refresh(old.refresh_token)
    expect(again.status).toBe(400)
    expect(await again.json()).toEqual(INVALID_GRANT)
    expect(await probe(fresh.access_token)).toBe(200)
  })

  it('lets exactly one of several concurrent refreshes win', async () => {
    const old = await connect({ tokens: 'strict' })
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(old.refresh_token)))
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400, 400, 400, 400])
  })

  it('locks a client out that lost the answer', async () => {
    const old = await connect({ tokens: 'strict' })
    await control('POST', 'faults', { path: '/oauth/token', when: 'after', fault: { kind: 'drop' } })
    await expect(refresh(old.refresh_token)).rejects.toThrow()
    expect((await refresh(old.refresh_token)).status).toBe(400)
  })
})

describe('lifetimes', () => {
  it('expire the access token but not the refresh token, and a refreshed token inherits them', async () => {
    const old = await connect({ tokens: 'rotating', lifetime: 60 })
    await control('PATCH', `applications/${CLIENT.client_id}`, { lifetime: 3600 })
    clock += 60_000
    expect(await probe(old.access_token)).toBe(200)
    clock += 1
    expect(await probe(old.access_token)).toBe(401)
    const fresh = await refreshed(old.refresh_token)
    expect(fresh.expires_in).toBe(60)
    expect(await probe(fresh.access_token)).toBe(200)
  })

  it('can be ended by the test: expire leaves the refresh token good, revoke does not', async () => {
    const pair = await connect({ tokens: 'rotating' })
    expect(await control('POST', 'tokens/expire', { workspace_id: 20417 })).toEqual({ count: 1 })
    expect(await probe(pair.access_token)).toBe(401)
    expect((await refresh(pair.refresh_token)).status).toBe(200)
    expect(await control('POST', 'tokens/revoke')).toEqual({ count: 2 })
    expect((await refresh(pair.refresh_token)).status).toBe(400)
  })

  it('show in the list of tokens with state, parent and use', async () => {
    const old = await connect({ tokens: 'rotating' })
    const fresh = await refreshed(old.refresh_token)
    await probe(fresh.access_token)
    expect(await control('GET', 'tokens')).toMatchObject({
      tokens: [
        { id: 1, access_token: old.access_token, state: 'revoked', parent: null, used: false },
        { id: 2, access_token: fresh.access_token, state: 'live', parent: 1, used: true },
      ],
    })
  })
})

describe('POST /oauth/revoke', () => {
  const revoke = (token: string, credentials: Record<string, string> = CLIENT) =>
    post('/oauth/revoke', { token, ...credentials })

  it('revokes the whole row by either of its tokens', async () => {
    const pair = await connect({ tokens: 'rotating' })
    const answer = await revoke(pair.refresh_token)
    expect([answer.status, await answer.json()]).toEqual([200, {}])
    expect(await probe(pair.access_token)).toBe(401)
    expect((await refresh(pair.refresh_token)).status).toBe(400)
  })

  it('answers 200 {} for a token it does not know, even without credentials', async () => {
    const answer = await revoke('unknown', {})
    expect([answer.status, await answer.json()]).toEqual([200, {}])
  })

  it('answers 403 unauthorized_client without or with foreign credentials, and revokes nothing', async () => {
    const pair = await connect({})
    await control('POST', 'applications', { client_id: 'other', client_secret: 's', redirect_uris: [] })
    for (const credentials of [{}, { client_id: 'other', client_secret: 's' }]) {
      const answer = await revoke(pair.access_token, credentials)
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({ error: 'unauthorized_client' })
    }
    expect(await probe(pair.access_token)).toBe(200)
  })

  it('does nothing about an expired token when the provider is Doorkeeper 5.5.0', async () => {
    const pair = await connect({ tokens: 'rotating', revokes_expired: false })
    await control('POST', 'tokens/expire')
    expect((await revoke(pair.access_token)).status).toBe(200)
    expect((await refresh(pair.refresh_token)).status).toBe(200)
  })
})
