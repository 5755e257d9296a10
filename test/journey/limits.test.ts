// Limits of tenants over HTTP: refused by name with 429, while another tenant goes on.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WINDOW_SECONDS } from '#domain/tenants/usage.ts'
import { type ApiAnswer, startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

const withConnection = async (limits?: object) => {
  const tenant = await stack.createTenant({ ...(limits && { limits }) })
  return { tenant, connectionId: (await stack.connect(tenant)).json.id }
}
const funnels = ({ tenant, connectionId }: Awaited<ReturnType<typeof withConnection>>) =>
  stack.api(`/v1/connections/${connectionId}/funnels`, { key: tenant.apiKey })
const startSession = ({ apiKey, returnUrl }: TestTenant, endUser: string) => {
  const body = { end_user: { id: endUser }, return_url: returnUrl }
  return stack.api('/v1/connect-sessions', { method: 'POST', key: apiKey, body })
}

function expectRefusal(answer: ApiAnswer | undefined, limit: string) {
  expect(answer).toMatchObject({ status: 429, json: { code: 'tenant_limit_exceeded', limit } })
  expect(Number(answer?.headers.get('retry-after'))).toBeGreaterThan(0)
}

test('a tenant that calls too fast is refused by name, and another is served meanwhile', async () => {
  const limited = await withConnection({ requests_per_second: 2 })
  const other = await withConnection()
  await funnels(other)
  const began = Date.now()
  const calls = Array.from({ length: 90 }, () => funnels(limited))
  const others = await Promise.all(Array.from({ length: 10 }, () => funnels(other)))
  const answers = await Promise.all(calls)
  const served = answers.filter(({ status }) => status === 200)
  const windowOf = (milliseconds: number) => Math.floor(milliseconds / (WINDOW_SECONDS * 1000))
  const windows = windowOf(Date.now()) - windowOf(began) + 1
  // 20 requests a window, and a quarter more at the most.
  expect(served.length).toBeGreaterThanOrEqual(20)
  expect(served.length).toBeLessThanOrEqual(windows * 25)
  const refused = answers.filter((answer) => !served.includes(answer))
  for (const answer of refused) expectRefusal(answer, 'requests_per_second')
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set([200]))
})

test('sessions beyond those of a minute are refused by name', async () => {
  const tenant = await stack.createTenant({ limits: { sessions_per_minute: 2 } })
  const answers: ApiAnswer[] = []
  // They may touch two minutes.
  for (let i = 0; i < 5; i++) answers.push(await startSession(tenant, 'user-1'))
  const refused = answers.filter(({ status }) => status !== 201)
  expect(refused.length).toBeGreaterThan(0)
  expectRefusal(refused[0], 'sessions_per_minute')
  expect((await startSession(await stack.createTenant(), 'user-1')).status).toBe(201)
})

test('connections beyond the limit are refused by name, and one that ends makes room', async () => {
  const { tenant, connectionId } = await withConnection({ connections: 1 })
  expectRefusal(await startSession(tenant, 'user-2'), 'connections')
  const call = { method: 'DELETE', key: tenant.apiKey }
  expect((await stack.api(`/v1/connections/${connectionId}`, call)).status).toBe(204)
  expect((await stack.connect(tenant, { endUser: 'user-2' })).status).toBe(200)
})

test('the operator sets, sees and takes away limits; what is no limit is refused', async () => {
  const { id } = await stack.createTenant({ limits: { connections: 5 } })
  const change = (body: object) => stack.api(`/v1/tenants/${id}`, { method: 'PATCH', body })
  expect((await stack.api(`/v1/tenants/${id}`)).json.limits).toEqual({ connections: 5 })
  const limits = { sessions_per_minute: 60, requests_per_second: 50 }
  expect((await change({ limits })).json.limits).toEqual(limits)
  for (const wrong of [0, -1, 1.5, '5', 1e12]) {
    expect((await change({ limits: { connections: wrong } })).status).toBe(422)
  }
  expect((await change({ limits: null })).json).not.toHaveProperty('limits')
})
