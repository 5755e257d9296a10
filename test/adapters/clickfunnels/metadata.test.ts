// The authorization server's metadata over HTTP: what it says, and that another server's document is refused.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readIssuerPromise } from '#adapters/clickfunnels/metadata.ts'
import { issuerPromiseContract, type Metadata } from '../../contracts/issuer-promise.ts'
import { type SimulatedProvider, startProvider } from '../../support/simulated-provider.ts'

const PATH = '/.well-known/oauth-authorization-server'

let provider: SimulatedProvider
beforeAll(async () => {
  provider = await startProvider()
})
beforeEach(() => provider.reset())
afterAll(() => provider?.close())

const read = (milliseconds = 10_000) => readIssuerPromise(provider.profile.issuer, milliseconds)
const answering = (status: number, more: object = {}) =>
  provider.fault(PATH, { kind: 'status', status, ...more })

describe('the metadata of ClickFunnels', () => {
  issuerPromiseContract(
    () => read(),
    async (metadata: Metadata) => {
      if (metadata === 'absent') await answering(404, { html: true })
      else if (metadata === 'unreadable') await answering(500)
      else await provider.control('PUT', 'issuer', { promised: metadata === 'promising' })
    },
  )

  test('is read at the path of RFC 8414', async () => {
    await read()
    const [request] = await provider.requests(PATH)
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      'user-agent': 'FunnelConnect/1.0',
    })
  })
})

describe('an answer that is not metadata of this issuer', () => {
  const document = (change: object = {}) => ({
    issuer: provider.profile.issuer,
    authorization_response_iss_parameter_supported: true,
    ...change,
  })

  test.each<[string, string, () => object]>([
    [
      'of another issuer',
      'the document names another issuer',
      () => document({ issuer: 'https://evil.example' }),
    ],
    [
      'of nearly this issuer',
      'the document names another issuer',
      () => document({ issuer: `${provider.profile.issuer}/` }),
    ],
    ['of no issuer', 'the document names another issuer', () => document({ issuer: undefined })],
    ['larger than 64 KiB', 'at most', () => document({ padding: 'x'.repeat(64 * 1024) })],
  ])('(a document %s) proves nothing', async (_, detail, body) => {
    await answering(200, { body: body() })
    expect(await read()).toEqual({ outcome: 'unknown', detail: expect.stringContaining(detail) })
  })

  test.each<[string, number, object]>([
    ['a page', 200, { html: true }],
    ['JSON that breaks off', 200, { body: '{"issuer":"' }],
    ['JSON that is no object', 200, { body: 'null' }],
    ['a block page', 403, { html: true }],
    ['a redirect, which is not followed', 302, {}],
    ['a limit', 429, {}],
  ])('(%s) proves nothing', async (_, status, more) => {
    await answering(status, more)
    expect((await read()).outcome).toBe('unknown')
    expect(await provider.requests(PATH)).toHaveLength(1)
  })

  test('(a broken connection) proves nothing', async () => {
    await provider.control('POST', 'faults', { path: PATH, times: 2, fault: { kind: 'drop' } })
    expect((await read()).outcome).toBe('unknown')
  })

  test('(one that comes too late) proves nothing', async () => {
    await provider.fault(PATH, { kind: 'hang' })
    expect(await read(100)).toEqual({ outcome: 'unknown', detail: expect.stringContaining('deadline') })
  })

  test.each(['true', 1, null, false])('(a promise of %j) promises nothing', async (promised) => {
    await answering(200, { body: document({ authorization_response_iss_parameter_supported: promised }) })
    expect(await read()).toEqual({ outcome: 'not_made' })
  })
})
