// The simulator's authorization server: discovery, consent page, authorization codes, client authentication.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Simulator, startClickFunnels } from '../../infra/local/clickfunnels/simulator.ts'

const REDIRECT_URI = 'https://saas.example/v1/callback/app_1?tenant=a'
const CLIENT = { client_id: 'client-1', client_secret: 'sec-ret_1' }
const REQUEST = {
  client_id: CLIENT.client_id,
  redirect_uri: REDIRECT_URI,
  response_type: 'code',
  grant_type: 'authorization_code',
  new_installation: 'true',
}
const VERIFIER = 'a-code-verifier-of-at-least-forty-three-characters'
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

type Parameters = Record<string, string>

let clock = Date.UTC(2026, 0, 1)
let simulator: Simulator

beforeAll(async () => {
  simulator = await startClickFunnels({ port: 0, now: () => clock })
})
beforeEach(async () => {
  await fetch(`${simulator.url}/_control/reset`, { method: 'POST' })
  await register({ ...CLIENT, name: 'Mail & <More>', redirect_uris: [REDIRECT_URI] })
})
afterAll(() => simulator.close())

async function register(application: unknown): Promise<Parameters> {
  const body = JSON.stringify(application)
  const answer = await fetch(`${simulator.url}/_control/applications`, { method: 'POST', body })
  expect(answer.status).toBe(201)
  return answer.json() as Promise<Parameters>
}

function authorize(parameters: Parameters): Promise<Response> {
  return fetch(`${simulator.url}/oauth/authorize?${new URLSearchParams(parameters)}`, { redirect: 'manual' })
}

function post(path: string, parameters: Parameters, headers: Parameters = {}): Promise<Response> {
  const body = new URLSearchParams(parameters)
  return fetch(`${simulator.url}${path}`, { method: 'POST', headers, body, redirect: 'manual' })
}

async function decide(parameters: Parameters): Promise<URL> {
  const answer = await post('/oauth/authorize', {
    workspace_id: '31862',
    decision: 'authorize',
    ...parameters,
  })
  expect(answer.status).toBe(302)
  return new URL(answer.headers.get('location') ?? '')
}

async function newCode(parameters: Parameters = {}): Promise<string> {
  return (await decide({ ...REQUEST, ...parameters })).searchParams.get('code') ?? ''
}

function exchange(parameters: Parameters, headers: Parameters = {}): Promise<Response> {
  const grant = { grant_type: 'authorization_code', redirect_uri: REDIRECT_URI }
  return post('/oauth/token', { ...grant, ...parameters }, headers)
}

function basic(clientId: string, secret: string): Parameters {
  return { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` }
}

async function outcome(answer: Response): Promise<[number, string]> {
  return [answer.status, ((await answer.json()) as { error: string }).error]
}

it("shows an application's logo, or its initials, and takes nothing else for a logo", async () => {
  expect(await (await authorize(REQUEST)).text()).toMatch(/<span class="mark">[A-Z]{1,2}</)
  const logo = 'data:image/png;base64,iVBORw0KGgo='
  const { client_id = '' } = await register({ redirect_uris: [REDIRECT_URI], logo })
  const consent = await (await authorize({ ...REQUEST, client_id })).text()
  expect(consent).toContain(`<img class="mark" src="${logo}" alt="">`)
  for (const other of ['https://evil.example/logo.png', 'data:text/html,x', `${logo}"onload="x`]) {
    const body = JSON.stringify({ redirect_uris: [REDIRECT_URI], logo: other })
    const answer = await fetch(`${simulator.url}/_control/applications`, { method: 'POST', body })
    expect(answer.status).toBe(400)
  }
})

it('describes itself with the members of the real discovery document', async () => {
  const document = await (await fetch(`${simulator.url}/.well-known/oauth-authorization-server`)).json()
  expect(document).toMatchObject({
    issuer: simulator.url,
    token_endpoint: `${simulator.url}/oauth/token`,
    revocation_endpoint: `${simulator.url}/oauth/revoke`,
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
  })
  expect(document).not.toHaveProperty('introspection_endpoint')
  expect(document).not.toHaveProperty('authorization_response_iss_parameter_supported')
})

describe('the consent page', () => {
  it('names the application, lists the workspaces with the first one chosen, and escapes what it shows', async () => {
    const answer = await authorize({ ...REQUEST, state: 'a"b' })
    const page = await answer.text()
    expect(answer.status).toBe(200)
    expect(page).toContain('<title>Connect Mail &amp; &lt;More&gt; to ClickFunnels</title>')
    expect(page.match(/name="workspace_id" value="\d+" required( checked)?/g)).toEqual([
      'name="workspace_id" value="20417" required checked',
      'name="workspace_id" value="20418" required',
      'name="workspace_id" value="31862" required',
    ])
    expect(page).toContain('name="state" value="a&quot;b"')
    expect(page).toContain('name="decision" value="authorize"')
    expect(page).toContain('name="decision" value="deny"')
  })

  it('returns a code and the state as it came, and keeps the query of the redirect URI', async () => {
    const state = ' ä+/=&%20"<\t~'
    const location = await decide({ ...REQUEST, state })
    expect(location.href).toMatch(/^https:\/\/saas\.example\/v1\/callback\/app_1\?tenant=a&code=/)
    expect(location.searchParams.get('state')).toBe(state)
    expect(location.searchParams.has('iss')).toBe(false)
  })

  it('promises and returns its issuer as its control says, independently of each other', async () => {
    const issuerAfter = async (issuer: object) => {
      const order = { method: 'PUT', body: JSON.stringify(issuer) }
      await fetch(`${simulator.url}/_control/issuer`, order)
      const document = await (await fetch(`${simulator.url}/.well-known/oauth-authorization-server`)).json()
      const { authorization_response_iss_parameter_supported: promised } = document as Record<string, unknown>
      return [promised, (await decide(REQUEST)).searchParams.get('iss')]
    }
    expect(await issuerAfter({ promised: true })).toEqual([true, null])
    expect(await issuerAfter({ sent: true })).toEqual([undefined, simulator.url])
    expect(await issuerAfter({})).toEqual([undefined, null])
  })

  it('returns no state when none was sent', async () => {
    expect((await decide(REQUEST)).searchParams.has('state')).toBe(false)
  })

  it('returns access_denied when the user declines', async () => {
    const location = await decide({ ...REQUEST, state: 'xyz', decision: 'deny' })
    expect(Object.fromEntries(location.searchParams)).toEqual({
      tenant: 'a',
      error: 'access_denied',
      error_description: 'The resource owner or authorization server denied the request.',
      state: 'xyz',
    })
  })

  it.each([
    ['a client it does not know', { client_id: 'unknown' }, 'invalid_client'],
    ['a redirect URI with a slash too many', { redirect_uri: `${REDIRECT_URI}/` }, 'invalid_redirect_uri'],
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no grant_type', { grant_type: '' }, 'Missing required parameter: grant_type.'],
    ['no new_installation', { new_installation: '' }, 'Missing required parameter: new_installation.'],
    ['an unknown scope', { scope: 'admin root' }, 'invalid_scope'],
    ['plain PKCE', { code_challenge: 'x', code_challenge_method: 'plain' }, 'must be S256'],
    ['PKCE without a method', { code_challenge: 'x' }, 'must be S256'],
  ])('shows %s to the user, on GET and on POST, and redirects nowhere', async (_, change, shown) => {
    const parameters = { ...REQUEST, ...change }
    for (const answer of [
      await authorize(parameters),
      await post('/oauth/authorize', { ...parameters, workspace_id: '20417', decision: 'authorize' }),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.headers.has('location')).toBe(false)
      expect(await answer.text()).toContain(shown)
    }
  })

  it('refuses a workspace that is not on the list', async () => {
    const answer = await post('/oauth/authorize', { ...REQUEST, workspace_id: '1', decision: 'authorize' })
    expect(answer.status).toBe(400)
  })
})

describe('the token endpoint', () => {
  it('issues a token of the chosen workspace with the extra members', async () => {
    const answer = await exchange({ code: await newCode(), ...CLIENT })
    const token = (await answer.json()) as Record<string, unknown>
    expect(answer.headers.get('cache-control')).toContain('no-store')
    expect(token).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 7200,
      scope: 'admin read',
      created_at: clock / 1000,
      team_id: 7455,
      team_name: 'Olive & Oak',
      workspace_id: 31862,
      workspace_name: 'Olive & Oak Pottery',
      workspace_url: `http://${simulator.workspaceHosts[2]}`,
    })
  })

  it('can leave the extras out', async () => {
    await register({ ...CLIENT, redirect_uris: [REDIRECT_URI], extras: false })
    const token = await (await exchange({ code: await newCode(), ...CLIENT })).json()
    expect(token).not.toHaveProperty('workspace_id')
  })

  it('takes JSON as well as a form', async () => {
    const body = JSON.stringify({
      grant_type: 'authorization_code',
      redirect_uri: REDIRECT_URI,
      code: await newCode(),
      ...CLIENT,
    })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${simulator.url}/oauth/token`, { method: 'POST', headers, body })
    expect(answer.status).toBe(200)
  })

  it('takes a code once', async () => {
    const code = await newCode()
    expect((await exchange({ code, ...CLIENT })).status).toBe(200)
    expect(await outcome(await exchange({ code, ...CLIENT }))).toEqual([400, 'invalid_grant'])
  })

  it('takes a code for 600 seconds', async () => {
    const [early, late] = [await newCode(), await newCode()]
    clock += 600_000
    expect((await exchange({ code: early, ...CLIENT })).status).toBe(200)
    clock += 1
    expect(await outcome(await exchange({ code: late, ...CLIENT }))).toEqual([400, 'invalid_grant'])
  })

  it('wants the redirect URI of the authorization request, and a failed attempt does not use the code up', async () => {
    const code = await newCode()
    const wrong = await exchange({ code, ...CLIENT, redirect_uri: 'https://saas.example/' })
    expect(await outcome(wrong)).toEqual([400, 'invalid_grant'])
    expect((await exchange({ code, ...CLIENT })).status).toBe(200)
  })

  it('checks the code_verifier', async () => {
    const code = await newCode({ code_challenge: CHALLENGE, code_challenge_method: 'S256' })
    expect(await outcome(await exchange({ code, ...CLIENT }))).toEqual([400, 'invalid_request'])
    const wrong = await exchange({ code, ...CLIENT, code_verifier: `${VERIFIER}x` })
    expect(await outcome(wrong)).toEqual([400, 'invalid_grant'])
    expect((await exchange({ code, ...CLIENT, code_verifier: VERIFIER })).status).toBe(200)
  })

  it('refuses a code_verifier for a code that was requested without a challenge', async () => {
    const answer = await exchange({ code: await newCode(), ...CLIENT, code_verifier: VERIFIER })
    expect(await outcome(answer)).toEqual([400, 'invalid_grant'])
  })

  it('takes the credentials in Basic, as they are and not percent-decoded', async () => {
    const { client_id, client_secret } = CLIENT
    const answer = await exchange({ code: await newCode() }, basic(client_id, client_secret))
    expect(answer.status).toBe(200)
    const encoded = await exchange({ code: await newCode() }, basic(client_id, 'sec%2Dret%5F1'))
    expect(await outcome(encoded)).toEqual([401, 'invalid_client'])
  })

  it('refuses credentials in both places', async () => {
    const { client_id, client_secret } = CLIENT
    const answer = await exchange({ code: await newCode(), ...CLIENT }, basic(client_id, client_secret))
    expect(await outcome(answer)).toEqual([400, 'invalid_request'])
  })

  it('takes any of several secrets, as while a secret is rotated', async () => {
    await register({
      client_id: CLIENT.client_id,
      client_secrets: ['one', 'two'],
      redirect_uris: [REDIRECT_URI],
    })
    for (const client_secret of ['one', 'two']) {
      const answer = await exchange({ code: await newCode(), client_id: CLIENT.client_id, client_secret })
      expect(answer.status).toBe(200)
    }
  })

  it('answers a wrong secret with 401 invalid_client and a challenge', async () => {
    const answer = await exchange({ code: await newCode(), ...CLIENT, client_secret: 'wrong' })
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="Doorkeeper", error="invalid_client"/,
    )
    expect(await outcome(answer)).toEqual([401, 'invalid_client'])
  })

  it('sends a challenge with 400 errors, too, as Doorkeeper does', async () => {
    const answer = await exchange({ code: 'unknown', ...CLIENT })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_grant"')
  })

  it('answers refresh errors in the order of Doorkeeper', async () => {
    await register({ ...CLIENT, redirect_uris: [REDIRECT_URI], tokens: 'rotating' })
    await register({ client_id: 'other', client_secret: 'other', redirect_uris: [] })
    const first = await exchange({ code: await newCode(), ...CLIENT })
    const { refresh_token } = (await first.json()) as { refresh_token: string }
    const refresh = (parameters: Parameters) =>
      post('/oauth/token', { grant_type: 'refresh_token', ...parameters }).then(outcome)
    expect(await refresh({ refresh_token: '', ...CLIENT })).toEqual([400, 'invalid_request'])
    expect(await refresh({ refresh_token: 'unknown', ...CLIENT })).toEqual([400, 'invalid_grant'])
    expect(await refresh({ refresh_token })).toEqual([400, 'invalid_grant'])
    const other = { client_id: 'other', client_secret: 'other' }
    expect(await refresh({ refresh_token, ...other })).toEqual([400, 'invalid_grant'])
    const wrong = { ...CLIENT, client_secret: 'wrong' }
    expect(await refresh({ refresh_token, ...wrong })).toEqual([401, 'invalid_client'])
    expect(await refresh({ refresh_token, ...CLIENT, scope: 'mcp' })).toEqual([400, 'invalid_scope'])
  })

  it('refuses other grant types', async () => {
    const password = await post('/oauth/token', { grant_type: 'password', ...CLIENT })
    expect(await outcome(password)).toEqual([400, 'unsupported_grant_type'])
    expect(await outcome(await post('/oauth/token', CLIENT))).toEqual([400, 'invalid_request'])
  })

  it('is behind Cloudflare, which blocks callers without a User-Agent with an HTML page', async () => {
    const answer = await exchange({ code: await newCode(), ...CLIENT }, { 'user-agent': '' })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('content-type')).toContain('text/html')
    expect(await answer.text()).toContain('Cloudflare')
  })
})
