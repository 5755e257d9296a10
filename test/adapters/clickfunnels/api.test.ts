// ClickFunnels' API as a resource server: calls pass unchanged, faults have names, and a probe proves little.
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ClickFunnelsApi } from '#adapters/clickfunnels/api.ts'
import { ClickFunnelsOAuth } from '#adapters/clickfunnels/oauth.ts'
import { MAX_RESPONSE_BYTES } from '#adapters/outgoing/answer-reader.ts'
import type { ConnectionId } from '#domain/ids.ts'
import type { UpstreamRequest } from '#domain/provider/resource-server.ts'
import { Secret } from '#domain/secret.ts'
import { CLIENT, profileAt, type SimulatedProvider, startProvider } from '../../support/simulated-provider.ts'

let provider: SimulatedProvider
let api: ClickFunnelsApi
let accessToken: Secret
beforeAll(async () => {
  provider = await startProvider()
  api = new ClickFunnelsApi(provider.profile)
})
beforeEach(async () => {
  await provider.reset()
  const outcome = await new ClickFunnelsOAuth(provider.profile).exchangeCode(CLIENT, await provider.approve())
  if (outcome.outcome !== 'granted') throw new Error(outcome.outcome)
  accessToken = outcome.tokens.accessToken
})
afterAll(() => provider?.close())

const ME = '/api/v2/me'
const CONNECTION = 'conn_1' as ConnectionId
const CANARY = 'canary-body'
const call = (more: Partial<UpstreamRequest> & { path?: string } = {}) => {
  const { path = ME, ...rest } = more
  const url = provider.profile.issuer + path
  return api.call({
    connection: CONNECTION,
    method: 'GET',
    url,
    headers: [],
    accessToken,
    deadlineMilliseconds: 5_000,
    ...rest,
  })
}

/** Twice, since a GET on a kept connection that breaks is sent once more. */
const breakTwice = async (fault: object) => {
  await provider.fault(ME, fault)
  await provider.fault(ME, fault)
}

describe('a call', () => {
  test('carries the token, our User-Agent and the exact query', async () => {
    const path = `${ME}?filter[id]=1,2&expand[]=a&expand[]=b&x=%2f`
    const { status, body } = await call({ path })
    expect([status, JSON.parse(Buffer.from(body).toString())]).toMatchObject([
      200,
      { connected_workspace: { workspace_id: 20417 } },
    ])
    const [request] = await provider.requests(ME)
    expect(request?.path).toBe(path)
    expect(request?.headers).toMatchObject({
      authorization: `Bearer ${accessToken.reveal()}`,
      'user-agent': 'FunnelConnect/1.0',
    })
  })

  test.each([302, 401, 404, 429, 500, 503])(
    'that ClickFunnels answers with %i is an answer',
    async (status) => {
      await provider.fault(ME, { kind: 'status', status, body: CANARY })
      expect(await call()).toMatchObject({ status, body: Buffer.from(CANARY) })
    },
  )
})

describe('a call without an answer', () => {
  test.each<[string, string, object, number]>([
    ['was lost', 'upstream_answer_lost', { kind: 'drop' }, 5_000],
    ['did not come in time', 'upstream_timeout', { kind: 'hang' }, 60],
    [
      'is too large',
      'upstream_response_too_large',
      { kind: 'status', status: 200, body: CANARY + 'x'.repeat(MAX_RESPONSE_BYTES) },
      5_000,
    ],
  ])('because it %s is "%s"', async (_, code, fault, deadlineMilliseconds) => {
    await breakTwice(fault)
    const error = await call({ deadlineMilliseconds }).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({ name: 'ServiceError', code })
    expect(inspect(error, { depth: 9 })).not.toMatch(new RegExp(`${CANARY}|${accessToken.reveal()}`))
  })

  test('because ClickFunnels could not be reached says that it was not made, and when to try again', async () => {
    const refused = call({ url: 'http://127.0.0.1:1/api/v2/me' })
    await expect(refused).rejects.toMatchObject({
      code: 'upstream_unreachable',
      retryAfterSeconds: 5,
      message: expect.stringMatching(/not made/),
    })
  })

  test('because HTTP cannot carry it is malformed', async () => {
    await expect(call({ headers: [['x', 'a\nb']] })).rejects.toMatchObject({ code: 'malformed_request' })
    await expect(call({ path: `${ME}?a b` })).rejects.toMatchObject({ code: 'malformed_request' })
  })
})

describe('a probe', () => {
  test('of a valid token gives its workspace', async () => {
    expect(await api.probe(accessToken)).toMatchObject({
      outcome: 'alive',
      workspace: { id: '20417', host: provider.profile.workspaceHosts[0] },
    })
  })

  test('of a token that was revoked or never existed is rejected', async () => {
    await provider.control('POST', 'tokens/revoke', {})
    expect(await api.probe(accessToken)).toEqual({ outcome: 'rejected' })
    expect(await api.probe(new Secret('unknown'))).toEqual({ outcome: 'rejected' })
  })

  test.each<[string, object]>([
    ['a block page', { kind: 'status', status: 403, html: true, body: CANARY }],
    ['a 404', { kind: 'status', status: 404 }],
    ['a 429', { kind: 'status', status: 429 }],
    ['a 500', { kind: 'status', status: 500 }],
    ['a redirect', { kind: 'status', status: 302 }],
    ['a page in the place of JSON', { kind: 'status', status: 200, html: true, body: CANARY }],
    ['JSON that is no object', { kind: 'status', status: 200, body: '7' }],
    ['a lost answer', { kind: 'drop' }],
  ])('that ends in %s proves nothing', async (_, fault) => {
    await breakTwice(fault)
    const outcome = await api.probe(accessToken)
    expect(outcome).toEqual({ outcome: 'unclear', detail: expect.any(String) })
    expect(inspect(outcome)).not.toContain(CANARY)
  })

  test('that reaches no server proves nothing', async () => {
    const unreachable = new ClickFunnelsApi(profileAt('http://127.0.0.1:1'))
    expect(await unreachable.probe(accessToken)).toMatchObject({ outcome: 'unclear' })
  })

  test.each<[unknown]>([[undefined], [null], ['x'], [[]], [{ workspace_id: null, workspace_url: 7 }]])(
    'of a valid token with the workspace %j gives no workspace',
    async (connected_workspace) => {
      await provider.fault(ME, { kind: 'status', status: 200, body: { id: 1, connected_workspace } })
      expect(await api.probe(accessToken)).toEqual({ outcome: 'alive', workspace: {} })
    },
  )
})

describe('an answer that is not from ClickFunnels', () => {
  test('such as a block page of the network in front of it has its own error code, and the page is not passed on', async () => {
    await provider.fault(ME, { kind: 'status', status: 403, html: true })
    const blocked = await call().catch((error) => error)
    expect(blocked).toMatchObject({ code: 'upstream_blocked', retryAfterSeconds: 60 })
    expect(inspect(blocked)).not.toContain('<html')
  })

  test('is not a 403 in JSON, which passes', async () => {
    await provider.fault(ME, { kind: 'status', status: 403, body: { error: 'missing scope' } })
    expect(await call()).toMatchObject({ status: 403 })
  })

  test('such as one of a server without TLS is refused, and no token is sent', async () => {
    const url = `${provider.profile.issuer.replace('http:', 'https:')}${ME}`
    await expect(
      api.call({
        connection: CONNECTION,
        method: 'GET',
        url,
        headers: [],
        accessToken,
        deadlineMilliseconds: 5_000,
      }),
    ).rejects.toMatchObject({
      code: 'upstream_untrusted',
    })
  })
})
