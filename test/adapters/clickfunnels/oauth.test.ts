// The token and revocation endpoints: every way a request can end. Nothing of a failed answer's body is passed on.
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ClickFunnelsOAuth } from '#adapters/clickfunnels/oauth.ts'
import type { TokenOutcome } from '#domain/provider/authorization-server.ts'
import { Secret } from '#domain/secret.ts'
import { CLIENT, type SimulatedProvider, startProvider } from '../../support/simulated-provider.ts'

let provider: SimulatedProvider
let oauth: ClickFunnelsOAuth
beforeAll(async () => {
  provider = await startProvider()
  oauth = new ClickFunnelsOAuth(provider.profile)
})
beforeEach(() => provider.reset())
afterAll(() => provider?.close())

const WRONG = { ...CLIENT, clientSecret: new Secret('wrong') }
const exchange = async (client = CLIENT) => oauth.exchangeCode(client, await provider.approve())
const tokensOf = (outcome: TokenOutcome) => {
  if (outcome.outcome !== 'granted') throw new Error(inspect(outcome))
  return outcome.tokens
}
async function refreshToken(): Promise<Secret> {
  const { refreshToken } = tokensOf(await exchange())
  if (refreshToken === undefined) throw new Error('No refresh token')
  return refreshToken
}
const states = async () => (await provider.tokens()).map(({ state }) => state)

describe('a code', () => {
  test('is exchanged for tokens, with their lifetime, scopes and workspace', async () => {
    const { accessToken, refreshToken, ...rest } = tokensOf(await exchange())
    const [row] = await provider.tokens()
    expect([accessToken.reveal(), refreshToken?.reveal()]).toEqual([row?.access_token, row?.refresh_token])
    expect(rest).toEqual({
      expiresInSeconds: 7200,
      scopes: ['admin', 'read'],
      workspace: {
        id: '20417',
        name: expect.any(String),
        host: provider.profile.workspaceHosts[0],
        teamId: expect.stringMatching(/^\d+$/),
        teamName: expect.any(String),
      },
    })
  })

  test('of an application without refresh tokens gives none, whatever expires_in says', async () => {
    await provider.reset({ tokens: 'non_expiring', extras: false })
    const tokens = tokensOf(await exchange())
    expect(tokens).not.toHaveProperty('refreshToken')
    expect(tokens).toMatchObject({ expiresInSeconds: 7200, workspace: {} })
  })

  test('is exchanged once, with its own verifier and redirect URI', async () => {
    const grant = await provider.approve()
    expect(await oauth.exchangeCode(CLIENT, grant)).toMatchObject({ outcome: 'granted' })
    const refused = { outcome: 'grant_refused', error: 'invalid_grant', status: 400 }
    expect(await oauth.exchangeCode(CLIENT, grant)).toEqual(refused)
    const fresh = () => provider.approve()
    const codeVerifier = new Secret('another-verifier-of-at-least-forty-three-characters')
    expect(await oauth.exchangeCode(CLIENT, { ...(await fresh()), codeVerifier })).toEqual(refused)
    const redirectUri = 'https://connect.example.com/v1/callback/app_2'
    expect(await oauth.exchangeCode(CLIENT, { ...(await fresh()), redirectUri })).toEqual(refused)
  })

  test('is not lost to a wrong client secret', async () => {
    const grant = await provider.approve()
    const refused = { outcome: 'client_refused', error: 'invalid_client', status: 401 }
    expect(await oauth.exchangeCode(WRONG, grant)).toEqual(refused)
    expect(await oauth.exchangeCode(CLIENT, grant)).toMatchObject({ outcome: 'granted' })
  })
})

describe('a refresh token', () => {
  test('gives new tokens of the same workspace', async () => {
    const tokens = tokensOf(await oauth.refresh(CLIENT, await refreshToken()))
    const [, row] = await provider.tokens()
    expect(tokens.accessToken.reveal()).toBe(row?.access_token)
    expect(tokens.refreshToken?.reveal()).toBe(row?.refresh_token)
    expect(tokens.workspace.id).toBe('20417')
  })

  test('that is unknown is refused, and a wrong client secret gives another outcome', async () => {
    expect(await oauth.refresh(CLIENT, new Secret('unknown'))).toEqual({
      outcome: 'grant_refused',
      error: 'invalid_grant',
      status: 400,
    })
    expect(await oauth.refresh(WRONG, await refreshToken())).toEqual({
      outcome: 'client_refused',
      error: 'invalid_client',
      status: 401,
    })
  })

  test('whose answer was lost works again', async () => {
    const token = await refreshToken()
    await provider.fault('/oauth/token', { kind: 'drop' }, 'after')
    expect(await oauth.refresh(CLIENT, token)).toEqual({ outcome: 'answer_lost', detail: expect.any(String) })
    expect(await oauth.refresh(CLIENT, token)).toMatchObject({ outcome: 'granted' })
  })
})

describe('revoking', () => {
  test('ends a token, and succeeds for an unknown one', async () => {
    const { accessToken } = tokensOf(await exchange())
    expect(await oauth.revoke(CLIENT, accessToken, 'access_token')).toBe('done')
    expect(await states()).toEqual(['revoked'])
    expect(await oauth.revoke(CLIENT, new Secret('unknown'), 'refresh_token')).toBe('done')
  })

  test('with a wrong client secret is refused', async () => {
    expect(await oauth.revoke(WRONG, await refreshToken(), 'refresh_token')).toBe('client_refused')
    expect(await states()).toEqual(['live'])
  })

  test.each<[string, object]>([
    ['a 500', { kind: 'status', status: 500 }],
    ['a 429', { kind: 'status', status: 429 }],
    ['a redirect', { kind: 'status', status: 302 }],
    ['a lost answer', { kind: 'drop' }],
  ])('that ends in %s has failed', async (_, fault) => {
    const token = await refreshToken()
    await provider.fault('/oauth/revoke', fault)
    expect(await oauth.revoke(CLIENT, token, 'refresh_token')).toBe('failed')
  })

  test('succeeds if the provider has no such endpoint', async () => {
    const { revocationEndpoint: _, ...seed } = provider.profile
    expect(await new ClickFunnelsOAuth(seed).revoke(CLIENT, new Secret('x'), 'access_token')).toBe('done')
    expect(await provider.requests('/oauth/revoke')).toEqual([])
  })
})

test('every request has our User-Agent and sends the client in the body, never as Basic', async () => {
  await oauth.refresh(CLIENT, await refreshToken())
  await oauth.revoke(CLIENT, await refreshToken(), 'refresh_token')
  const sent = [...(await provider.requests('/oauth/token')), ...(await provider.requests('/oauth/revoke'))]
  expect(sent).toHaveLength(4)
  for (const { headers } of sent) {
    expect(headers['user-agent']).toBe('FunnelConnect/1.0')
    expect(headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/)
    expect(headers).not.toHaveProperty('authorization')
  }
})
