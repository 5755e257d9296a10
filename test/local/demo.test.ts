// The demo product's back end: its login, its JWTs, its page, and how later runs find its tenant.
import { createPublicKey, verify } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { USERS } from '../../infra/local/demo/logins.ts'
import { type Demo, startDemo } from '../../infra/local/demo/server.ts'
import { type DemoTenant, provideDemoTenant } from '../../infra/local/demo-tenant.ts'
import { Browser } from '../support/browser.ts'
import { scratchFolder } from '../support/scratch.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'

const dataDir = scratchFolder()
let stack: TestStack
let demo: Demo
let tenant: DemoTenant
let browser: Browser

beforeAll(async () => {
  stack = await startTestStack()
  demo = await startDemo({ port: 0, apiUrl: stack.url, simulatorUrl: stack.simulator.url, dataDir })
  tenant = await provideTenant()
  demo.signUp(tenant)
}, 60_000)
afterAll(async () => {
  await demo?.close()
  await stack?.close()
})
beforeEach(() => {
  browser = new Browser()
})

const provideTenant = (to: TestStack = stack, demoUrl = demo.url) =>
  provideDemoTenant({
    apiUrl: to.url,
    simulatorUrl: to.simulator.url,
    returnUrl: `${demoUrl}/connected`,
    dataDir,
  })

async function identityProviders(of: TestStack, { tenantId }: DemoTenant): Promise<string[]> {
  const { data } = (await of.api(`/v1/tenants/${tenantId}/identity-providers`)).json
  return data.map(({ issuer }: { issuer: string }) => issuer)
}

async function tokenOf(visitor: Browser): Promise<string> {
  const { html } = await visitor.visit(`${demo.url}/token`, { method: 'POST' })
  return JSON.parse(html).token
}

test('every visitor is logged in as the user they choose, but not by a forged cookie', async () => {
  const account = async () => JSON.parse((await browser.visit(`${demo.url}/account`)).html)
  expect(await account()).toMatchObject({ user: USERS[0], funnel_connect_url: stack.url })
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
  expect(who).toEqual({ iss: demo.url, aud: tenant.tenantId, sub: 'user-1', name: 'demo user 1' })
  expect(exp - iat).toBe(300)
  expect(keys[0]).not.toHaveProperty('d')
})

test('a user starts and sees their own sessions and connections alone, whatever the page says', async () => {
  const token = await tokenOf(browser)
  const wanted = { return_url: `${demo.url}/connected` }
  const start = (body: object) =>
    stack.api('/v1/connect-sessions', { key: token, method: 'POST', body: { ...wanted, ...body } })
  const started = (await start({})).json
  expect(started).toMatchObject({ completion: 'verified', end_user: { id: 'user-1' } })
  expect((await start({ end_user: { id: 'user-2' } })).status).toBe(403)

  const other = new Browser()
  await other.visit(`${demo.url}/login`, { method: 'POST', form: { user: 'user-2' } })
  const othersToken = await tokenOf(other)
  const path = `/v1/connect-sessions/${started.id}`
  expect((await stack.api(path, { key: token })).status).toBe(200)
  expect((await stack.api(path, { key: othersToken })).status).toBe(404)
})

test("the product's page may read what its user's token opens, and its claims cannot be changed", async () => {
  const token = await tokenOf(browser)
  const [header = '', claims = '', signature = ''] = token.split('.')
  const changed = { ...JSON.parse(Buffer.from(claims, 'base64url').toString()), sub: 'user-2' }
  const forged = [header, Buffer.from(JSON.stringify(changed)).toString('base64url'), signature].join('.')
  for (const [key, status] of [
    [token, 200],
    [forged, 401],
  ] as const) {
    const answer = await stack.api('/v1/connections', { key, headers: { origin: demo.url } })
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, demo.url])
  }
})

test('the demo tenant is found again when data is kept, and made anew when the data is gone', async () => {
  const known = await provideTenant()
  expect(await provideTenant()).toEqual(known)
  await stack.control('POST', 'reset', {})
  expect(await provideTenant()).toEqual(known)
  expect(await identityProviders(stack, known)).toEqual([demo.url])

  // The next run may have other ports.
  expect(await provideTenant(stack, 'http://127.0.0.1:1')).toEqual(known)
  expect(await identityProviders(stack, known)).toEqual(['http://127.0.0.1:1'])
  await provideTenant()

  const other = await startTestStack()
  expect((await provideTenant(other)).tenantId).not.toBe(known.tenantId)
  await other.close()
})

test('the page runs its own script alone, and holds none', async () => {
  const page = await browser.visit(`${demo.url}/`)
  expect(page.html).not.toMatch(/<script(?![^>]* src="\/app\.js")|\son\w+=|<style/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
  expect(page.headers.get('content-security-policy')).toContain(`connect-src 'self' ${stack.url};`)
  const script = await browser.visit(`${demo.url}/app.js`)
  expect(script.headers.get('content-type')).toContain('text/javascript')
  expect(script.html).not.toContain('fc_')
})

test('the strip for developers does a few things at the simulator, for no page of another origin, and not without the simulator', async () => {
  const act = (to: Demo, action: string, headers = {}) =>
    fetch(`${to.url}/developer/${action}`, { method: 'POST', headers })
  for (const action of ['expire', 'revoke', 'uninstall', 'outage', 'late-event'])
    expect((await act(demo, action)).status, action).toBe(204)
  await stack.control('DELETE', 'faults')
  for (const other of ['reset', 'tokens', '..%2Freset']) expect((await act(demo, other)).status).toBe(404)
  expect((await act(demo, 'revoke', { origin: 'https://elsewhere.example' })).status).toBe(403)
  const real = await startDemo({ port: 0, apiUrl: stack.url })
  real.signUp(tenant)
  expect((await act(real, 'revoke')).status).toBe(404)
  await real.close()
})
