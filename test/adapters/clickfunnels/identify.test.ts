// Which workspace a token is for, as ClickFunnels says it, on hosts with and without /me.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { identifyToken } from '#adapters/clickfunnels/identify.ts'
import { ClickFunnelsOAuth } from '#adapters/clickfunnels/oauth.ts'
import type { ProviderProfile } from '#domain/provider/profile.ts'
import { Secret } from '#domain/secret.ts'
import { CLIENT, type SimulatedProvider, startProvider } from '../../support/simulated-provider.ts'

let provider: SimulatedProvider
let profile: ProviderProfile
let accessToken: Secret
beforeAll(async () => {
  provider = await startProvider()
  profile = provider.profile
})
beforeEach(async () => {
  await provider.reset()
  const outcome = await new ClickFunnelsOAuth(profile).exchangeCode(CLIENT, await provider.approve())
  if (outcome.outcome !== 'granted') throw new Error(outcome.outcome)
  accessToken = outcome.tokens.accessToken
})
afterAll(() => provider?.close())

const [ME, WORKSPACES] = ['/api/v2/me', '/api/v2/workspaces']
const status = (status: number, more: object = {}) => ({ kind: 'status', status, ...more })

test('/me names the workspace and its host', async () => {
  expect(await identifyToken(profile, accessToken)).toMatchObject({
    outcome: 'alive',
    workspace: { id: '20417', host: expect.any(String), name: expect.any(String) },
  })
  expect(await provider.requests(WORKSPACES)).toEqual([])
})

describe('where there is no /me', () => {
  beforeEach(() => provider.fault(ME, status(404)))

  test('the list of workspaces names it, and the subdomain its host', async () => {
    const real = { ...profile, workspaceHosts: ['*.myclickfunnels.com'] }
    expect(await identifyToken(real, accessToken)).toMatchObject({
      outcome: 'alive',
      workspace: { id: '20417', host: expect.stringMatching(/^[a-z0-9-]+\.myclickfunnels\.com$/) },
    })
  })

  test.each([
    ['several workspaces', [{ id: 1 }, { id: 2 }]],
    ['none', []],
    ['no list', { id: 1 }],
  ])('%s: none is chosen', async (_, body) => {
    await provider.fault(WORKSPACES, status(200, { body: JSON.stringify(body) }))
    expect(await identifyToken(profile, accessToken)).toEqual({ outcome: 'alive', workspace: {} })
  })

  test('a host that is not allowed is left out', async () => {
    const body = JSON.stringify([{ id: 1, subdomain: 'evil.example/#' }])
    await provider.fault(WORKSPACES, status(200, { body }))
    const real = { ...profile, workspaceHosts: ['*.myclickfunnels.com'] }
    expect(await identifyToken(real, accessToken)).toEqual({ outcome: 'alive', workspace: { id: '1' } })
  })

  test('401 is a refusal', async () => {
    await provider.fault(WORKSPACES, status(401))
    expect(await identifyToken(profile, accessToken)).toEqual({ outcome: 'rejected' })
  })
})

test('an unknown token is refused', async () => {
  expect(await identifyToken(profile, new Secret('unknown'))).toEqual({ outcome: 'rejected' })
})

test('429 tells how long to wait, if ClickFunnels says so', async () => {
  await provider.fault(ME, status(429, { retry_after: 7 }))
  expect(await identifyToken(profile, accessToken)).toEqual({ outcome: 'limited', retryAfterSeconds: 7 })
  await provider.fault(ME, status(429))
  expect(await identifyToken(profile, accessToken)).toEqual({ outcome: 'limited' })
})

test.each([
  ['an outage', status(503)],
  ['a missing permission', status(403)],
  ['a page instead of JSON', status(200, { html: true })],
  ['a broken connection', { kind: 'drop' }],
])('%s proves nothing', async (_, fault) => {
  await provider.fault(ME, fault)
  expect(await identifyToken(profile, accessToken)).toMatchObject({ outcome: 'unclear' })
})
