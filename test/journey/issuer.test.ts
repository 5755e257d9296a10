// An authorization response without `iss` (RFC 9207), over HTTP: refused where ClickFunnels' metadata promises one, and on
// every other day no obstacle to connecting.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser } from '../support/browser.ts'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'

const METADATA = '/.well-known/oauth-authorization-server'

let stack: TestStack
let tenant: TestTenant

beforeAll(async () => {
  stack = await startTestStack()
  tenant = await stack.createTenant()
})
afterAll(() => stack?.close())
beforeEach(async () => {
  // A process remembers what the metadata said.
  stack.recycle('callback')
  await stack.control('DELETE', 'faults')
  await stack.control('DELETE', 'requests')
  await stack.control('PUT', 'issuer', {})
})

/** An end user approves or denies; gives what the tenant reads of the session then, and what the return URL says. */
async function connect(decision: 'authorize' | 'deny' = 'authorize') {
  const body = { end_user: { id: 'user-1' }, return_url: tenant.returnUrl, completion: 'confirmed' }
  const sessions = '/v1/connect-sessions'
  const { json } = await stack.api(sessions, { method: 'POST', key: tenant.apiKey, body })
  const browser = new Browser()
  const consent = await browser.submit(await browser.visit(json.connect_url))
  const choice = { decision, workspace_id: String(WORKSPACE_ID) }
  const page = await browser.submit(consent, choice, { stopBefore: tenant.returnUrl })
  const back = new URL(page.headers.get('location') ?? 'none:').searchParams
  const session = (await stack.api(`${sessions}/${json.id}`, { key: tenant.apiKey })).json
  return { session, back }
}
const codesSpent = async () => (await stack.control('GET', 'tokens')).json.grants.authorization_code
const looks = async () => (await stack.control('GET', `requests?path=${METADATA}`)).json.requests.length

describe('while the metadata promises an issuer', () => {
  test('a response without one is refused, with its code unspent', async () => {
    await stack.control('PUT', 'issuer', { promised: true })
    const before = await codesSpent()
    const { session, back } = await connect()
    expect(session).toMatchObject({ status: 'failed', error: 'issuer_mismatch' })
    expect([back.get('status'), back.get('error')]).toEqual(['failed', 'issuer_mismatch'])
    expect(await connect('deny')).toMatchObject({ session: { status: 'failed', error: 'issuer_mismatch' } })
    expect(await codesSpent()).toBe(before)
    expect(await looks()).toBe(1)
  })

  test('a response with the right one connects, and the metadata is not asked for', async () => {
    await stack.control('PUT', 'issuer', { promised: true, sent: true })
    expect(await connect()).toMatchObject({ session: { status: 'connected' } })
    expect(await looks()).toBe(0)
  })
})

describe('a response without an issuer connects', () => {
  test('while the metadata promises none, which is asked for once', async () => {
    for (let i = 0; i < 2; i++) expect(await connect()).toMatchObject({ session: { status: 'connected' } })
    expect(await looks()).toBe(1)
  })

  test.each<[string, object]>([
    ['is not there', { kind: 'status', status: 404, html: true }],
    ['cannot be read', { kind: 'status', status: 500 }],
    ['is a page', { kind: 'status', status: 200, html: true }],
    [
      "is another server's",
      {
        kind: 'status',
        status: 200,
        body: { issuer: 'https://evil.example', authorization_response_iss_parameter_supported: true },
      },
    ],
    ['never comes', { kind: 'hang' }],
  ])('when the metadata %s', async (_, fault) => {
    await stack.control('PUT', 'issuer', { promised: true })
    await stack.control('POST', 'faults', { path: METADATA, fault })
    expect(await connect()).toMatchObject({ session: { status: 'connected' } })
    expect(await looks()).toBe(1)
  })
})
