// ClickFunnels refuses valid tokens for a while: no end user has to do anything. And it refuses revoked ones: callers know it
// from the first call on, whatever GET /me says.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'
import { ageRefusals, makeAllDue } from '../support/table.ts'

/** More than the brake lets end. 40 of them: npm run refusals */
const CONNECTIONS = Number(process.env.FALSELY_REFUSED ?? 6)

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())
beforeEach(() => stack.control('POST', 'reset'))

const funnels = ({ apiKey }: TestTenant, id: string) =>
  stack.api(`/v1/connections/${id}/funnels`, { key: apiKey })

/** The endings in the tenant's audit trail. */
async function endings({ id }: TestTenant): Promise<string[]> {
  const { data } = (await stack.api(`/v1/tenants/${id}/audit-events?limit=100`)).json
  return data
    .filter(({ action }: { action: string }) => action === 'connection.require_reauthorization')
    .map(({ resource }: { resource: { id: string } }) => resource.id)
}

/** A few at a time, so that a busy machine does not make the calls to AWS late. */
async function inTurn<T, R>(all: readonly T[], each: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let i = 0; i < all.length; i += 3) results.push(...(await Promise.all(all.slice(i, i + 3).map(each))))
  return results
}

async function tokenRequests(): Promise<number> {
  return (await stack.control('GET', 'requests?path=/oauth/token')).json.requests.length
}

test.each(['rotating', 'strict', 'non_expiring'] as const)(
  `${CONNECTIONS} connections whose valid tokens are refused are all alive at the next look (%s)`,
  async (tokens) => {
    const tenant = await stack.createTenant({ tokens })
    const users = Array.from({ length: CONNECTIONS }, (_, i) => `user-${i}`)
    const connected = await inTurn(users, (endUser) => stack.connect(tenant, { endUser }))
    const ids: string[] = connected.map(({ json }) => json.id)
    await stack.control('POST', 'faults', { path: '/', seconds: 600, fault: { kind: 'refused' } })
    const refused = await inTurn(ids, (id) => funnels(tenant, id))
    expect(refused.map(({ status }) => status)).toEqual(ids.map(() => 409))
    await makeAllDue(stack)
    await stack.runSchedules()
    await stack.control('DELETE', 'faults')

    // A minute later, the schedule runs once.
    await ageRefusals(stack)
    await makeAllDue(stack)
    await stack.runSchedules()
    const after = await inTurn(ids, (id) => funnels(tenant, id))
    expect(after.map(({ status }) => status)).toEqual(ids.map(() => 200))
    expect(await endings(tenant)).toEqual([])
  },
  240_000,
)

const status = (code: number, more: object = {}) => ({ kind: 'status', status: code, ...more })
const ANSWERS: readonly (readonly [string, object | undefined])[] = [
  ['401, as it should be', undefined],
  ['404: the path does not exist', status(404)],
  ['403', status(403)],
  ['403 with a block page', status(403, { html: true })],
  ['429', status(429, { retry_after: 7 })],
  ['503', status(503)],
  ['nothing at all', { kind: 'hang' }],
  ['a closed socket', { kind: 'drop' }],
  ['200 to any token', status(200, { body: { id: 1 } })],
]

describe.each(ANSWERS)('a grant that was revoked, when GET /me answers %s', (_, fault) => {
  test('gives 409 from the first call on, one event, and two token requests in all', async () => {
    const tenant = await stack.createTenant({ tokens: 'rotating' })
    const { id } = (await stack.connect(tenant)).json
    await stack.control('POST', 'tokens/revoke', { client_id: tenant.clientId })
    if (fault) await stack.control('POST', 'faults', { path: '/api/v2/me', seconds: 600, fault })
    const before = await tokenRequests()
    for (let call = 0; call < 3; call++) expect(await funnels(tenant, id)).toMatchObject({ status: 409 })
    expect((await tokenRequests()) - before).toBe(1)
    expect(await endings(tenant)).toEqual([])

    // A minute later.
    await ageRefusals(stack)
    for (let call = 0; call < 3; call++) expect(await funnels(tenant, id)).toMatchObject({ status: 409 })
    expect((await tokenRequests()) - before).toBe(2)
    expect(await endings(tenant)).toEqual([id])
  })
})
