// The simulator's login: browsers log in once, by one click; clients that are no browsers are not asked.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'
import { sendRaw } from '../support/raw-request.ts'

const REDIRECT_URI = 'https://saas.example/v1/callback/app_1'
const BROWSER = ['sec-fetch-mode', 'navigate']
let simulator: Simulator
let query: string

beforeAll(async () => {
  simulator = await startClickFunnels({ port: 0 })
  const application = { client_id: 'client-1', name: 'Mail & <More>', redirect_uris: [REDIRECT_URI] }
  await fetch(`${simulator.url}/_control/applications`, { method: 'POST', body: JSON.stringify(application) })
  query = new URLSearchParams({
    client_id: 'client-1',
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    grant_type: 'authorization_code',
    new_installation: 'true',
    state: `ä"'<b>&=%0d%0a`,
  }).toString()
})
afterAll(() => simulator.close())

/** Node's fetch sets Fetch metadata itself. */
async function consent(headers: readonly string[], of = query) {
  const { status, body } = await sendRaw(simulator.url, {
    target: `/oauth/authorize?${of}`,
    headers: ['user-agent', 'test', ...headers],
  })
  return { status, page: String(body) }
}
const logIn = (request: string) =>
  fetch(`${simulator.url}/oauth/login`, {
    method: 'POST',
    body: new URLSearchParams({ request }),
    redirect: 'manual',
  })

test('a browser logs in by one click, with no credential, and goes on with the same request', async () => {
  const { page } = await consent(BROWSER)
  expect(page).toContain('<title>Log in to ClickFunnels</title>')
  expect(page).toContain('Mail &amp; &lt;More&gt;')
  expect(page).not.toMatch(/type="(password|text|email)"|workspace_id/)
  const carried = /name="request" value="([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
  expect(carried).toBe(query)
  const answer = await logIn(carried)
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/oauth/authorize?${query}`])
  const cookie = answer.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^simulated_login=\w+; Path=\/oauth; HttpOnly; SameSite=Lax; Max-Age=\d+$/)
  const next = await consent([...BROWSER, 'cookie', `other=1; ${cookie.split(';')[0]}`])
  expect(next.page).toContain('name="decision" value="authorize"')
  expect(next.page).toContain('Logged in as')
})

test('a client that is no browser gets the consent at once', async () => {
  for (const headers of [[], ['sec-fetch-mode', 'cors']])
    expect((await consent(headers)).page).toContain('name="decision" value="authorize"')
})

test('a request that is wrong is shown before the login', async () => {
  const { status, page } = await consent(BROWSER, 'client_id=unknown')
  expect([status, page]).toEqual([401, expect.stringContaining('invalid_client')])
})

test.each(['', '//evil.example', 'a=1\r\nSet-Cookie: x=1', '#@evil.example', '../../_control/reset'])(
  'a login with the request "%s" leads to the consent and nowhere else',
  async (request) => {
    const location = (await logIn(request)).headers.get('location') ?? ''
    const url = new URL(location, simulator.url)
    expect([url.origin, url.pathname, url.hash]).toEqual([simulator.url, '/oauth/authorize', ''])
  },
)

test('other cookies are no login', async () => {
  for (const cookie of ['simulated_login=', 'xsimulated_login=demo', 'simulated_login=other'])
    expect((await consent([...BROWSER, 'cookie', cookie])).page).toContain('Log in to ClickFunnels')
})
