// ClickFunnels' bad days, over HTTP: its token endpoint is down, slow, or refuses the app.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'
import { makeAllDue } from '../support/table.ts'

let stack: TestStack
let tenant: TestTenant
let connections: string[]

beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())
beforeEach(async () => {
  await stack.control('POST', 'reset')
  tenant = await stack.createTenant({ tokens: 'rotating', lifetime: 600 })
  connections = []
  for (const endUser of ['one', 'two', 'three', 'four', 'five']) {
    connections.push((await stack.connect(tenant, { endUser })).json.id)
  }
})
afterEach(async () => {
  for (const id of connections) await stack.api(`/v1/connections/${id}`, as({ method: 'DELETE' }))
})

const as = (more: object = {}) => ({ key: tenant.apiKey, ...more })
const funnels = (id: string | undefined) => stack.api(`/v1/connections/${id}/funnels`, as())
const show = async (id: string | undefined) => (await stack.api(`/v1/connections/${id}`, as())).json
const expire = () => stack.control('POST', 'tokens/expire', { client_id: tenant.clientId })
const app = () => stack.api(`/v1/tenants/${tenant.id}/apps/${tenant.appId}`)
const tokenRequests = async () =>
  (await stack.control('GET', 'requests?path=/oauth/token')).json.requests.length
const fault = (times: number, fault: object) =>
  stack.control('POST', 'faults', { path: '/oauth/token', times, fault })

/** A minute of the schedule, at whose start everything is due. */
async function minute(): Promise<void> {
  await makeAllDue(stack)
  await stack.runSchedules()
}

async function failures(): Promise<number[]> {
  const shown = await Promise.all(connections.map(show))
  return shown.map(({ token }) => token.consecutive_failures)
}

test('an outage of the token endpoint reaches no caller whose token is valid, and is over when it is over', async () => {
  await fault(1000, { kind: 'status', status: 503, html: true })
  await minute()
  await minute()
  expect((await app()).json.health).toMatchObject({ status: 'provider_down' })
  const counted = await failures()
  for (let i = 0; i < 5; i++) {
    await minute()
    const answers = await Promise.all(connections.map(funnels))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  }
  expect(await failures()).toEqual(counted)
  await stack.control('DELETE', 'faults')
  await minute()
  for (const { token } of await Promise.all(connections.map(show))) {
    expect(token).toMatchObject({ consecutive_failures: 0, last_refreshed_at: expect.any(String) })
    expect(token.last_error).toBeUndefined()
  }
  expect((await app()).json.health).toEqual({ status: 'working' })
})

test('refused client credentials are told as such, and a new secret is all that is needed', async () => {
  await stack.control('PATCH', `applications/${tenant.clientId}`, { client_secret: 'rotated-elsewhere' })
  await expire()
  const before = await tokenRequests()
  for (const id of connections) {
    expect(await funnels(id)).toMatchObject({ status: 502, json: { code: 'app_credentials_refused' } })
  }
  await minute()
  expect((await tokenRequests()) - before).toBe(1)
  expect((await app()).json.health).toMatchObject({
    status: 'credentials_refused',
    since: expect.any(String),
  })
  expect(await failures()).toEqual([0, 0, 0, 0, 0])
  const change = { method: 'PATCH', body: { client_secret: 'rotated-elsewhere' } }
  await stack.api(`/v1/tenants/${tenant.id}/apps/${tenant.appId}`, change)
  for (const id of connections) expect(await funnels(id)).toMatchObject({ status: 200 })
})

test('a token endpoint that is slow is waited for, but not by callers, and not asked again while it may be at work', async () => {
  const [late, later] = connections
  await expire()
  const before = await tokenRequests()
  const began = performance.now()
  await fault(1, { kind: 'slow', ms: 12_000 })
  const waiting = [funnels(late)]
  await expect.poll(async () => (await tokenRequests()) - before).toBe(1)
  await fault(1, { kind: 'slow', ms: 40_000 })
  waiting.push(funnels(later))
  for (const answer of await Promise.all(waiting)) {
    expect(answer).toMatchObject({ status: 503, json: { code: 'recovering' } })
    expect(answer.headers.get('retry-after')).toBe('5')
  }
  expect(performance.now() - began).toBeLessThan(10_500)
  const last = async (id: string | undefined) => (await show(id)).token
  await expect.poll(() => last(late), { timeout: 8_000 }).toHaveProperty('last_refreshed_at')
  expect(await funnels(late)).toMatchObject({ status: 200 })
  await expect.poll(() => last(later), { timeout: 20_000 }).toMatchObject({ last_error: 'answer_late' })
  await minute()
  await Promise.all([funnels(later), funnels(later)])
  expect(await show(later)).toMatchObject({ status: 'active', token: { last_error: 'answer_late' } })
  // The other three were refreshed by the schedule, and the first one once more; the second one was left alone.
  expect((await tokenRequests()) - before).toBe(2 + 4)
}, 60_000)
