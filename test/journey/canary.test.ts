// No secret is written, logged or returned in clear: the whole journey is walked, then everything that was stored,
// printed and answered is searched for every secret that was ever in play.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '../support/browser.ts'
import { completionCodeIn, startTestStack, type TestStack, WORKSPACE_ID } from '../support/stack.ts'
import { ageRefreshes, storedItems } from '../support/table.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

test('tokens, client secrets, API keys, codes and code verifiers appear nowhere in clear', async () => {
  const answers: string[] = []
  const secrets = new Map<string, string>()
  const tenant = await stack.createTenant({ tokens: 'rotating' })
  secrets.set('API key', tenant.apiKey).set('client secret', tenant.clientSecret)
  const call = async (method: string, path: string, body?: object) => {
    const answer = await stack.api(path, { method, key: tenant.apiKey, ...(body && { body }) })
    answers.push(answer.text, JSON.stringify([...answer.headers]))
    return answer.json
  }
  const remember = async () => {
    for (const { access_token, refresh_token } of (await stack.control('GET', 'tokens')).json.tokens) {
      secrets
        .set(`access token ${secrets.size}`, access_token)
        .set(`refresh token ${secrets.size}`, refresh_token)
    }
  }

  const end_user = { id: 'user-1' }
  const wanted = { end_user, return_url: tenant.returnUrl, completion: 'verified' }
  const session = await call('POST', '/v1/connect-sessions', wanted)
  const linkSecret = new URL(session.connect_url).searchParams.get('session') ?? ''
  answers.length = 0
  const browser = new Browser()
  const consent = await browser.visit(session.connect_url)
  const approve = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }
  const callback = await browser.submit(consent, approve, { stopBefore: `${stack.url}/v1/callback` })
  const { searchParams } = new URL(callback.headers.get('location') ?? '')
  secrets
    .set('code', searchParams.get('code') ?? '')
    .set('state', searchParams.get('state') ?? '')
    .set('link secret', linkSecret)
  const back = await browser.visit(callback.headers.get('location') ?? '', { stopBefore: tenant.returnUrl })
  answers.push(JSON.stringify([...back.headers]).replace(completionCodeIn(back.headers), ''))

  const completion_code = completionCodeIn(back.headers)
  secrets.set('completion code', completion_code)
  const whileAwaiting = await dump()
  const { id } = await call('POST', `/v1/connect-sessions/${session.id}/complete`, {
    end_user,
    completion_code,
  })
  await remember()
  await call('GET', `/v1/connections/${id}/funnels`)
  await stack.control('POST', 'tokens/expire')
  await call('GET', `/v1/connections/${id}/funnels`)
  await remember()
  await call('GET', '/v1/connections')
  // Trouble is when logs get talkative: a spoilt token response, a refused client, a dead grant.
  for (const variant of ['json', 'token_type', 'missing_access_token']) {
    const fault = { kind: 'malformed', variant }
    await stack.control('POST', 'faults', { path: '/oauth/token', when: 'after', fault })
    await ageRefreshes(stack)
    await call('POST', `/v1/connections/${id}/refresh`)
    await remember()
  }
  await call('GET', `/v1/tenants/${tenant.id}/apps`)
  const trail = await call('GET', '/v1/audit-events?limit=100')
  expect(trail.data.length).toBeGreaterThan(10)
  await call('GET', `/v1/tenants/${tenant.id}/audit-events?limit=100`)
  const stored = (await dump()) + whileAwaiting
  await call('DELETE', `/v1/connections/${id}`)

  const places = { stored, logged: stack.logs(), answered: answers.join('\n') }
  expect(secrets.size).toBeGreaterThan(10)
  expect(places.logged).toContain('A refresh failed')
  for (const [name, secret] of secrets) {
    expect(secret.length, name).toBeGreaterThan(20)
    for (const [place, text] of Object.entries(places)) {
      for (const form of [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')]) {
        expect(text.includes(form), `${name} is ${place} in clear`).toBe(false)
      }
    }
  }
})

/** What is stored, binary attributes as the bytes they are. */
async function dump(): Promise<string> {
  const bytes = (value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value
  return (await storedItems(stack))
    .flatMap((item) => Object.values(item))
    .map((attribute) => JSON.stringify(attribute, (_, value) => bytes(value)))
    .join('\n')
}
