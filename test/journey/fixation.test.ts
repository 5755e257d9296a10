// Session fixation over HTTP (RFC 9700 section 4.7): an attacker uses the product's back end, which calls with an API key. The
// back end does what docs/integrate.md says: it takes the user from its own login, and the rest from the return URL.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Browser } from '../support/browser.ts'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'

let stack: TestStack
let tenant: TestTenant

beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())
beforeEach(async () => {
  tenant = await stack.createTenant()
})

const call = (method: string, path: string, body?: object) =>
  stack.api(path, { method, key: tenant.apiKey, ...(body && { body }) })

/** The product's page at the return URL, for the user who is logged in there. */
function returnPage(returned: URLSearchParams, user: string | undefined) {
  const body = {
    ...(user !== undefined && { end_user: { id: user } }),
    completion_code: returned.get('completion_code') ?? undefined,
  }
  return call('POST', `/v1/connect-sessions/${returned.get('connect_session')}/complete`, body)
}

/** The attacker presses "Connect" in the product and keeps the link. */
async function attackerStarts() {
  const body = { end_user: { id: 'attacker' }, return_url: tenant.returnUrl }
  return (await call('POST', '/v1/connect-sessions', body)).json
}

/** The victim follows the link and approves; the page of the product is not loaded yet. */
async function victimApproves(link: string) {
  const browser = new Browser()
  const consent = await browser.visit(link)
  const decision = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }
  const page = await browser.submit(consent, decision, { stopBefore: tenant.returnUrl })
  return { browser, returned: new URL(page.headers.get('location') ?? 'none:').searchParams }
}

const forged = (id: string, more: object = {}) =>
  new URLSearchParams({ connect_session: id, status: 'awaiting_completion', ...more })
const codesSpent = async () => (await stack.control('GET', 'tokens')).json.grants.authorization_code ?? 0
const status = async (id: string) => (await call('GET', `/v1/connect-sessions/${id}`)).json.status
const connections = async () => (await call('GET', '/v1/connections')).json.data
const MISMATCH = { status: 403, json: { code: 'completion_code_mismatch' } }

describe('an attacker whose link a victim follows', () => {
  test('opens the return page first, and gets nothing; the victim then ends the session', async () => {
    const before = await codesSpent()
    const { id, connect_url } = await attackerStarts()
    const { returned } = await victimApproves(connect_url)
    for (const query of [forged(id), forged(id, { completion_code: 'guessed' })]) {
      expect(await returnPage(query, 'attacker')).toMatchObject(MISMATCH)
    }
    expect(await status(id)).toBe('awaiting_completion')
    expect(await returnPage(returned, 'victim')).toMatchObject({
      status: 403,
      json: { code: 'end_user_mismatch' },
    })
    expect(await status(id)).toBe('failed')
    expect(await returnPage(returned, 'attacker')).toMatchObject({ status: 409 })
    expect(await codesSpent()).toBe(before)
    expect(await connections()).toEqual([])
  })

  test('tries all the time until a slow victim is back, and gets nothing', async () => {
    const before = await codesSpent()
    const { id, connect_url } = await attackerStarts()
    const approving = victimApproves(connect_url)
    const tries = [returnPage(forged(id), 'attacker')]
    const { returned } = await approving
    tries.push(...Array.from({ length: 5 }, () => returnPage(forged(id), 'attacker')))
    for (const answer of await Promise.all(tries)) {
      expect([403, 409]).toContain(answer.status)
      expect(['completion_code_mismatch', 'session_not_completable']).toContain(answer.json.code)
    }
    expect((await returnPage(returned, 'victim')).status).toBe(403)
    expect(await codesSpent()).toBe(before)
    expect(await connections()).toEqual([])
  })

  test('gets nothing where the victim has no login at the product', async () => {
    const before = await codesSpent()
    const { id, connect_url } = await attackerStarts()
    const { returned } = await victimApproves(connect_url)
    expect((await returnPage(returned, undefined)).status).toBe(422)
    expect(await returnPage(forged(id), 'attacker')).toMatchObject(MISMATCH)
    expect(await codesSpent()).toBe(before)
    expect(await connections()).toEqual([])
  })

  test('learns no id from the link that the victim has used, from any browser', async () => {
    const { id, connect_url } = await attackerStarts()
    const { browser, returned } = await victimApproves(connect_url)
    const ids = () => new RegExp(`connect_session|connection_id|completion_code|${id}|conn_`)
    expect((await new Browser().visit(connect_url)).html).not.toMatch(ids())
    await returnPage(returned, 'victim')
    expect((await new Browser().visit(connect_url)).html).not.toMatch(ids())
    expect((await browser.visit(connect_url)).status).toBe(410)
  })
})

test('the end user of the session completes it from the browser that approved, with the code that it brought back', async () => {
  const { connect_url } = await attackerStarts()
  const { returned } = await victimApproves(connect_url)
  const connected = await returnPage(returned, 'attacker')
  expect(connected).toMatchObject({ status: 200, json: { status: 'active' } })
  expect(await connections()).toHaveLength(1)
  // A used link of a session that is connected tells a stranger nothing.
  expect((await new Browser().visit(connect_url)).html).not.toContain(connected.json.id)
})
