// The demo product's back end: its login, the tokens that say who is logged in, its page, and how its tenant is found again.
import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { USERS } from '../../infra/local/demo/logins.ts'
import { type Demo, startDemo } from '../../infra/local/demo/server.ts'
import { provideDemoTenant } from '../../infra/local/demo-tenant.ts'
import { Browser } from '../support/browser.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'

const dataDir = scratchFolder()
let stack: TestStack
let demo: Demo
let browser: Browser

beforeAll(async () => {
  stack = await startTestStack()
  demo = await startDemo({ port: 0, apiUrl: stack.url, dataDir })
  demo.signUp(await provideTenant())
}, 60_000)
afterAll(async () => {
  await demo?.close()
  await stack?.close()
})
beforeEach(() => {
  browser = new Browser()
})

const provideTenant = (to: TestStack = stack) =>
  provideDemoTenant({
    apiUrl: to.url,
    simulatorUrl: to.simulator.url,
    returnUrl: `${demo.url}/connected`,
    dataDir,
  })

async function tokenOf(visitor: Browser): Promise<string> {
  const { html } = await visitor.visit(`${demo.url}/token`, { method: 'POST' })
  return JSON.parse(html).token
}
const funnelConnect = (token: string, path: string, body?: object) =>
  fetch(`${demo.url}/funnel-connect${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  })

test('everybody is logged in, as whom they choose, and nobody by a cookie they made up', async () => {
  const account = async () => JSON.parse((await browser.visit(`${demo.url}/account`)).html)
  expect(await account()).toMatchObject({ user: USERS[0], funnel_connect_url: `${demo.url}/funnel-connect` })
  await browser.visit(`${demo.url}/login`, { method: 'POST', form: { user: 'user-2' } })
  expect(await account()).toMatchObject({ user: USERS[1], others: [USERS[0]] })
  const forged = await fetch(`${demo.url}/account`, { headers: { cookie: 'tidemark_session=user-2.x' } })
  expect(await forged.json()).toMatchObject({ user: USERS[0] })
})

test('a token is signed with the key that is published, and says who is logged in for a few minutes', async () => {
  const token = await tokenOf(browser)
  const [header = '', claims = '', signature = ''] = token.split('.')
  const { keys } = JSON.parse((await browser.visit(`${demo.url}/.well-known/jwks.json`)).html)
  const key = createPublicKey({ key: keys[0], format: 'jwk' })
  const bytes = Buffer.from(signature, 'base64url')
  const signed = Buffer.from(`${header}.${claims}`)
  expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true)
  const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString())
  expect(decoded(header)).toEqual({ alg: 'ES256', typ: 'JWT', kid: keys[0].kid })
  const { iat, exp, ...who } = decoded(claims)
  expect(who).toEqual({ iss: demo.url, aud: 'funnel-connect', sub: 'user-1', name: 'demo user 1' })
  expect(exp - iat).toBe(300)
  expect(keys[0]).not.toHaveProperty('d')
})

test('a user starts and sees their own sessions and connections alone, whatever the page says', async () => {
  const token = await tokenOf(browser)
  const wanted = { end_user: { id: 'user-2' }, return_url: `${demo.url}/connected` }
  const started = (await (await funnelConnect(token, '/v1/connect-sessions', wanted)).json()) as {
    id: string
  }
  expect(started).toMatchObject({ completion: 'verified', end_user: { id: 'user-1' } })

  const other = new Browser()
  await other.visit(`${demo.url}/login`, { method: 'POST', form: { user: 'user-2' } })
  const othersToken = await tokenOf(other)
  const path = `/v1/connect-sessions/${started.id}`
  expect((await funnelConnect(token, path)).status).toBe(200)
  expect((await funnelConnect(othersToken, path)).status).toBe(404)
  expect(await (await funnelConnect(othersToken, '/v1/connections?end_user_id=user-1')).json()).toEqual({
    data: [],
  })
})

test.each(['', 'x.y.z', 'forged'])('nobody gets through with the token "%s"', async (kind) => {
  const token = await tokenOf(browser)
  const [header = '', , signature = ''] = token.split('.')
  const claims = Buffer.from(JSON.stringify({ sub: 'user-2', exp: 9e9 })).toString('base64url')
  const sent = kind === 'forged' ? `${header}.${claims}.${signature}` : kind
  expect((await funnelConnect(sent, '/v1/connections')).status).toBe(401)
})

test("nothing but a user's own business is passed on", async () => {
  const token = await tokenOf(browser)
  for (const path of ['/v1/tenants', '/v1/connections/../tenants', '/v1/health', '/v1//elsewhere.example']) {
    expect((await funnelConnect(token, path)).status, path).toBe(404)
  }
})

test('the demo tenant is found again when data is kept, and made anew when the data is gone', async () => {
  const known = await provideTenant()
  expect(await provideTenant()).toEqual(known)
  await stack.control('POST', 'reset', {})
  expect(await provideTenant()).toEqual(known)

  const other = await startTestStack()
  expect((await provideTenant(other)).tenantId).not.toBe(known.tenantId)
  await other.close()
})

test('the page runs its own script alone, and holds none', async () => {
  const page = await browser.visit(`${demo.url}/`)
  expect(page.html).not.toMatch(/<script(?![^>]* src="\/app\.js")|\son\w+=|<style/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
  const script = await browser.visit(`${demo.url}/app.js`)
  expect(script.headers.get('content-type')).toContain('text/javascript')
  expect(script.html).not.toContain('fc_')
})
