// Whatever is sent to any route, the answer is ours and says what was wrong: never a 5xx, never a crash, never a leak.
// Many more requests: npm run fuzz
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SCOPES } from '#domain/callers/caller.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { AUDIENCE, startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts'
import { requests } from './requests.ts'
import { exchange, type WireRequest, type WireResponse } from './wire.ts'

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 200)
// A new route changes what a seed makes. Then another seed may be needed to meet all the statuses below.
const SEED = Number(process.env.FUZZ_SEED ?? 14)
const AT_ONCE = 16

let stack: TestStack
let issuer: TokenIssuer
beforeAll(async () => {
  ;[stack, issuer] = await Promise.all([
    startTestStack({ parameters: { SealedExport: 'on' } }),
    startTokenIssuer(),
  ])
})
afterAll(async () => {
  await stack?.close()
  await issuer?.close()
})

test(`${REQUESTS} made-up requests get no 5xx, crash nothing and tell no secret`, async () => {
  const [own, other, victim] = [
    await stack.createTenant({ name: 'Own', scopes: SCOPES, origins: ['https://acme.example'] }),
    await stack.createTenant({ name: 'Other' }),
    // What an operator's route may break, nobody else here needs.
    await stack.createTenant({ name: 'Victim' }),
  ]
  const connection = (await stack.connect(own)).json.id
  const { json: session } = await stack.api('/v1/connect-sessions', {
    method: 'POST',
    key: own.apiKey,
    body: { end_user: { id: 'user-1' }, return_url: own.returnUrl },
  })
  const { json: keys } = await stack.api(`/v1/tenants/${victim.id}/api-keys`)
  const register = (tenant: string, audience: string) =>
    stack.api(`/v1/tenants/${tenant}/identity-providers`, {
      method: 'POST',
      body: { issuer: issuer.issuer, audience, jwks_uri: issuer.jwksUri },
    })
  await register(own.id, AUDIENCE)
  const { json: provider } = await register(victim.id, 'victim')
  const { json: victims } = await stack.connect(victim)
  const { json: endpoint } = await stack.api('/v1/webhook-endpoints', {
    method: 'POST',
    key: own.apiKey,
    body: { url: 'https://saas.example/hooks' },
  })
  const { json: delivery } = await stack.api(`/v1/webhook-endpoints/${endpoint.id}/test`, {
    method: 'POST',
    key: own.apiKey,
  })
  const known = {
    ids: {
      id: connection,
      session: session.id,
      tenant_id: victim.id,
      app_id: victim.appId,
      key_id: keys.data[0].id,
      connection_id: victims.id,
      provider_id: provider.id,
      serial: '1',
      endpoint_id: endpoint.id,
      delivery_id: delivery.id,
      path: 'funnels/1',
    },
    credentials: [
      own.apiKey,
      own.apiKey,
      other.apiKey,
      issuer.token('user-1'),
      issuer.token('\u0000\u202e'),
      issuer.token('user-1', { exp: 'never', aud: [AUDIENCE, {}] }),
      'fc_nobody',
      'a.b.c',
    ],
    returnUrl: own.returnUrl,
  }
  const { tokens } = (await stack.control('GET', 'tokens')).json
  const secrets: string[] = [
    own.clientSecret,
    other.clientSecret,
    other.apiKey,
    victim.apiKey,
    endpoint.secret,
  ]
  for (const { access_token, refresh_token } of tokens) secrets.push(access_token, refresh_token)

  const made = fc.sample(requests(known), { numRuns: REQUESTS, seed: SEED })
  const statuses = new Map<number, number>()
  let next = 0
  const worker = async () => {
    for (let index = next++; index < made.length; index = next++) {
      const request = made[index]
      if (request === undefined) return
      const label = `FUZZ_SEED=${SEED}, request ${index}: ${request.method} ${request.target.slice(0, 300)}`
      const answer = await exchange(stack.url, request).catch((error) => {
        throw new Error(label, { cause: error })
      })
      if (answer === undefined) {
        expect(isHttp(request), `${label} was not answered`).toBe(false)
        continue
      }
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
      check(label, request, answer, secrets)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))

  expect(stack.logs()).not.toMatch(/unhandled|Invoke Error|The function crashed|"level":"ERROR"/i)
  // The requests did get beyond the first check: some were good, and many kinds of refusal were met.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 400, 401, 404, 405, 422]))
  const { status } = await stack.api(`/v1/connections/${connection}/proxy/me`, { key: own.apiKey })
  expect([200, 404]).toContain(status)
}, 600_000)

/** Why, as the functions logged it. */
function errorsLogged(): string {
  return stack
    .logs()
    .split('\n')
    .filter((line) => line.includes('"ERROR"'))
    .join('\n')
}

/** Whether a server has to answer: no control characters, and no more headers than it takes. */
function isHttp({ target, headers }: WireRequest): boolean {
  const head = target + headers.flat().join('')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  return head.length < 8_000 && !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(head)
}

function check(
  label: string,
  request: WireRequest,
  { status, headers, text }: WireResponse,
  secrets: readonly string[],
) {
  expect(status, `${label}\n${text.slice(0, 500)}\n${errorsLogged()}`).toBeLessThan(500)
  for (const secret of secrets) expect(text.includes(secret), `${label} tells a secret`).toBe(false)
  expect(text, label).not.toMatch(/\bat .+\.m?[jt]s:\d|node_modules|ValidationException|ZodError/)
  const ours = headers.has('funnel-connect-request-id')
  const theirs = headers.get('funnel-connect-answer-by') === 'clickfunnels'
  if (!ours || theirs || status < 400 || request.method === 'HEAD') return
  const page =
    /^\/v1\/(authorize|callback|manage$|manage\?)/.test(request.target) &&
    headers.get('content-type')?.startsWith('text/html')
  if (page) return
  expect(headers.get('content-type'), label).toBe('application/problem+json')
  expect(JSON.parse(text), label).toMatchObject({
    status,
    code: expect.any(String),
    detail: expect.any(String),
  })
}
