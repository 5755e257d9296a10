// The operator's kill switches on the real stack and by the clock on the wall: how long calls go on, that refreshes stop at
// once, and that resuming needs nobody to connect again. All three switches at once, since each takes its whole minute.
// On a clock that the test moves: test/journey/suspending.test.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'
import { makeAllDue } from '../support/table.ts'

const POLL_MILLISECONDS = 250

interface Switched {
  readonly what: 'tenant' | 'app' | 'connection'
  /** What docs/operate.md promises: calls stop, and come back, within so many seconds. */
  readonly stops: number
  readonly comesBack: number
  readonly tenant: TestTenant
  readonly connectionId: string
}

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

async function connected(name: string) {
  const tenant = await stack.createTenant({ name, tokens: 'rotating' })
  return { tenant, connectionId: (await stack.connect(tenant)).json.id as string }
}

type Connected = Pick<Switched, 'tenant' | 'connectionId'>
const call = ({ tenant, connectionId }: Connected, path: string, method = 'GET') =>
  stack.api(`/v1/connections/${connectionId}${path}`, { method, key: tenant.apiKey })
const funnels = (one: Connected) => call(one, '/funnels')

async function set({ what, tenant, connectionId }: Switched, status: 'suspended' | 'active'): Promise<void> {
  const base = `/v1/tenants/${tenant.id}`
  const [path, body] = {
    tenant: [base, { status }],
    app: [`${base}/apps/${tenant.appId}`, { status }],
    connection: [`${base}/connections/${connectionId}`, { suspended: status === 'suspended' }],
  }[what] as [string, object]
  expect(await stack.api(path, { method: 'PATCH', body })).toMatchObject({ status: 200 })
}

/** Calls until the answer has this status; gives when the last call that had another one began, in seconds from now. */
async function lastOther(one: Connected, status: number): Promise<number> {
  const from = performance.now()
  let last = 0
  for (;;) {
    const began = (performance.now() - from) / 1000
    if ((await funnels(one)).status === status) return last
    last = began
    if (began > 70) throw new Error(`Still no ${status} after ${began} s`)
    await sleep(POLL_MILLISECONDS)
  }
}

const tokenRequests = async () =>
  (await stack.control('GET', 'requests?path=/oauth/token')).json.requests.length as number

/** How often ClickFunnels is asked for tokens in a minute of the schedule at whose start everything is due. */
async function refreshesOfARun(): Promise<number> {
  const before = await tokenRequests()
  await makeAllDue(stack)
  await stack.runSchedules()
  return (await tokenRequests()) - before
}

test('each switch stops calls in the time it promises and refreshes at once, and nobody connects again', async () => {
  const switched: Switched[] = [
    { what: 'tenant', stops: 60, comesBack: 60, ...(await connected('Tenant')) },
    { what: 'app', stops: 60, comesBack: 60, ...(await connected('App')) },
    { what: 'connection', stops: 5, comesBack: 0, ...(await connected('Connection')) },
  ]
  const bystander = await connected('Bystander')
  const all = [...switched, bystander]
  const approvals = async () => (await stack.control('GET', 'tokens')).json.grants.authorization_code
  expect(await refreshesOfARun()).toBe(4)
  expect(await approvals()).toBe(4)
  // Whoever is called knows the caller from here on, in the function of the proxy and in that of "refresh now".
  for (const one of all) expect(await funnels(one)).toMatchObject({ status: 200 })
  for (const one of all) expect(await call(one, '')).toMatchObject({ status: 200 })

  for (const one of switched) await set(one, 'suspended')
  const stopping = switched.map((one) => lastOther(one, 403))
  expect(await refreshesOfARun()).toBe(1)
  for (const one of switched) {
    expect(await call(one, '/refresh', 'POST'), one.what).toMatchObject({
      status: 403,
      json: { code: `${one.what}_suspended` },
    })
  }
  const lastServed = await Promise.all(stopping)
  for (const [index, { what, stops }] of switched.entries()) {
    // It went on for a while: what stops it is the time, not a process that knew nothing.
    expect(lastServed[index], what).toBeGreaterThan(0)
    expect(lastServed[index], what).toBeLessThan(stops)
  }
  expect(await refreshesOfARun()).toBe(1)
  expect(await funnels(bystander)).toMatchObject({ status: 200 })

  // Their access tokens die meanwhile: to work again takes a refresh, which takes the tokens that were kept.
  for (const { tenant } of switched) {
    await stack.control('POST', 'tokens/expire', { client_id: tenant.clientId })
  }
  for (const one of switched) await set(one, 'active')
  const lastRefused = await Promise.all(switched.map((one) => lastOther(one, 200)))
  for (const [index, { what, comesBack }] of switched.entries()) {
    expect(lastRefused[index], what).toBeLessThanOrEqual(comesBack)
  }
  for (const one of all) {
    expect(await call(one, '')).toMatchObject({
      status: 200,
      json: { id: one.connectionId, status: 'active' },
    })
  }
  expect(await refreshesOfARun()).toBe(4)
  expect(await approvals()).toBe(4)
}, 180_000)
