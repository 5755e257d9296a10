// The audit trail over HTTP: a whole life of connections and what the operator did, read by the tenant and by the operator.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestStack, type TestStack, type TestTenant } from '../support/stack.ts'
import { ageRefusals, makeAllDue, storedItems } from '../support/table.ts'

interface Event {
  readonly id: string
  readonly at: string
  readonly action: string
  readonly actor: { readonly type: string; readonly id?: string }
  readonly resource: { readonly type: string; readonly id?: string }
  readonly result: string
  readonly source_ip?: string
  readonly request_id?: string
}

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

const trail = async ({ apiKey }: TestTenant, query = ''): Promise<Event[]> => {
  const { status, json } = await stack.api(`/v1/audit-events?limit=100${query}`, { key: apiKey })
  expect(status).toBe(200)
  return json.data.toReversed()
}
const operatorsTrail = async ({ id }: TestTenant): Promise<Event[]> =>
  (await stack.api(`/v1/tenants/${id}/audit-events?limit=100`)).json.data.toReversed()
const story = (events: readonly Event[]) =>
  events.map(
    ({ action, actor, result }) => `${actor.type}: ${action}${result === 'ok' ? '' : ` (${result})`}`,
  )

test('tells the life of a connection, by whom and from where, and not what was read or proxied', async () => {
  const tenant = await stack.createTenant()
  const { id } = (await stack.connect(tenant)).json
  const path = `/v1/connections/${id}`
  const call = (method: string, to: string) => stack.api(to, { method, key: tenant.apiKey })
  expect((await call('GET', `${path}/funnels`)).status).toBe(200)
  expect((await call('GET', path)).status).toBe(200)
  expect((await call('POST', `${path}/refresh`)).status).toBe(200)
  expect((await call('DELETE', path)).status).toBe(204)
  expect((await call('DELETE', path)).status).toBe(404)

  const events = await trail(tenant)
  expect(story(events)).toEqual([
    'operator: tenant.create',
    'operator: api_key.create',
    'operator: app.create',
    'api_key: connect_session.create',
    'browser: connect_session.follow',
    'browser: connect_session.return',
    'browser: connection.create',
    'api_key: connect_session.complete',
    'api_key: connection.refresh',
    'service: connection.revoke_tokens',
    'api_key: connection.delete',
    'api_key: connection.delete (not_found)',
  ])
  const about = events.filter(({ resource }) => resource.id === id).map(({ action }) => action)
  expect(await trail(tenant, `&resource_id=${id}`)).toHaveLength(about.length)
  expect((await trail(tenant, '&action=connection.refresh')).map(({ resource }) => resource)).toEqual([
    { type: 'connection', id },
  ])
  const asked = events.filter(({ actor }) => actor.type === 'api_key' || actor.type === 'browser')
  for (const event of asked) {
    // The grant is the domain's own event: what asked for it is the browser's return, beside it.
    if (event.action === 'connection.create') continue
    expect(event).toMatchObject({ source_ip: '127.0.0.1', request_id: expect.any(String) })
  }
})

test('tells the operator who of it acted and from where, and the tenant only that it was the operator', async () => {
  const tenant = await stack.createTenant()
  await stack.api(`/v1/tenants/${tenant.id}`, { method: 'PATCH', body: { name: 'Acme Inc.' } })
  await stack.api(`/v1/tenants/${tenant.id}/keys/rotate`, { method: 'POST' })
  const told = await trail(tenant)
  const toldOperator = await operatorsTrail(tenant)
  expect(told.map(({ id }) => id)).toEqual(toldOperator.map(({ id }) => id))
  expect(story(told).slice(-2)).toEqual(['operator: tenant.update', 'operator: tenant.rotate_key'])
  for (const event of told) expect(event).not.toHaveProperty('source_ip')
  for (const { actor } of told) expect(actor).toEqual({ type: 'operator' })
  for (const event of toldOperator) {
    expect(event).toMatchObject({ actor: { id: expect.any(String) }, source_ip: '127.0.0.1' })
  }
})

test('tells what the service did by itself: a connection whose token is dead needs its end user', async () => {
  const tenant = await stack.createTenant({ tokens: 'non_expiring' })
  const { id } = (await stack.connect(tenant)).json
  await stack.control('POST', 'tokens/revoke', { client_id: tenant.clientId })
  await makeAllDue(stack)
  const answer = await stack.api(`/v1/connections/${id}/refresh`, { method: 'POST', key: tenant.apiKey })
  expect(answer.json).toMatchObject({ code: 'reauthorization_required' })
  // One refusal is not final.
  expect(await trail(tenant, '&action=connection.require_reauthorization')).toEqual([])
  await ageRefusals(stack)
  await makeAllDue(stack)
  await stack.runSchedules()
  expect(await trail(tenant, '&action=connection.require_reauthorization')).toMatchObject([
    { actor: { type: 'service' }, resource: { type: 'connection', id }, reason: 'access_token_rejected' },
  ])
})

test("is one tenant's own, page by page, newest first", async () => {
  const tenant = await stack.createTenant()
  const other = await stack.createTenant({ name: 'Other' })
  const ids = (await trail(tenant)).map(({ id }) => id).toReversed()
  const paged: string[] = []
  let cursor = ''
  do {
    const { json } = await stack.api(`/v1/audit-events?limit=1${cursor}`, { key: tenant.apiKey })
    paged.push(...json.data.map((event: Event) => event.id))
    cursor = json.next_cursor === undefined ? '' : `&cursor=${json.next_cursor}`
  } while (cursor !== '')
  expect(paged).toEqual(ids)
  expect((await trail(other)).filter(({ id }) => ids.includes(id))).toEqual([])
  expect((await stack.api('/v1/audit-events?cursor=nonsense', { key: tenant.apiKey })).status).toBe(422)
  expect((await stack.api('/v1/audit-events')).status).toBe(401)
})

test('every event ends by itself, a year after it unless the operator says otherwise', async () => {
  const tenant = await stack.createTenant()
  const items = (await storedItems(stack)).filter(({ pk }) => pk?.S === `audit#${tenant.id}`)
  expect(items).toHaveLength(3)
  for (const { ttl, at } of items) expect(Number(ttl?.N) - Number(at?.N)).toBe(365 * 24 * 3600)
})
