// Journeys on what an earlier version stored. After an update of the service, end users keep their connections, and sessions
// under way go on: items without the members of today, identity providers without a namespace, links without a follower.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Browser } from '../support/browser.ts'
import { WORKSPACE_ID } from '../support/stack.ts'
import { keysStored, makeAllDue } from '../support/table.ts'
import { type RecordedSession, startOnRecorded } from './restore.ts'

let before: Awaited<ReturnType<typeof startOnRecorded>>
beforeAll(async () => {
  before = await startOnRecorded()
})
afterAll(async () => {
  await before?.close()
  expect(before?.denials).toEqual([])
})

const get = (path: string, key = before.tenant.apiKey) => before.api(path, { key })
const session = (name: string) => {
  const found = before.sessions[name]
  if (found === undefined) throw new Error(`No session was recorded as "${name}"`)
  return found
}
const APPROVAL = { decision: 'authorize', workspace_id: String(WORKSPACE_ID) }

/** The rest of the browser's way; gives where it is sent in the end. */
async function comeBack({ completion, connect_url, authorize_url, cookie, location }: RecordedSession) {
  if (location !== undefined) return new URL(location)
  const { returnUrl } = before.tenant
  const browser = new Browser()
  if (authorize_url === undefined) {
    const page = await browser.visit(connect_url)
    const consent = completion === 'confirmed' ? await browser.submit(page) : page
    const back = await browser.submit(consent, APPROVAL, { stopBefore: returnUrl })
    return new URL(back.headers.get('location') ?? 'none:')
  }
  const consent = await browser.visit(authorize_url)
  const callback = await browser.submit(consent, APPROVAL, { stopBefore: before.stack.url })
  const url = callback.headers.get('location') ?? ''
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie: cookie ?? '' } })
  return new URL(answer.headers.get('location') ?? 'none:')
}

/** Completes a session of an end user as the product does; `by` is a JWT, otherwise it is the API key. */
async function complete(name: string, endUser: string, by?: string, withCode = true) {
  const { id } = session(name)
  const returned = (await comeBack(session(name))).searchParams
  const code = { completion_code: returned.get('completion_code') ?? '' }
  const body = { ...(by === undefined && { end_user: { id: endUser } }), ...(withCode && code) }
  const path = `/v1/connect-sessions/${id}/complete`
  return before.api(path, { method: 'POST', key: by ?? before.tenant.apiKey, body })
}

test('connections work, with the end users that they had', async () => {
  const { byKey, byJwt, expired, refused } = before.connections
  const alice = before.issuer.token('alice')
  expect((await get(`/v1/connections/${byKey}/funnels`)).status).toBe(200)
  expect((await get(`/v1/connections/${byJwt}/funnels`, alice)).status).toBe(200)
  expect((await get(`/v1/connections/${expired}/funnels`)).status).toBe(200)
  expect((await get(`/v1/connections/${refused}`)).json).toMatchObject({
    status: 'reauthorization_required',
  })
  const listed = (await get('/v1/connections', alice)).json.data
  expect(listed.map(({ id }: { id: string }) => id)).toEqual([byJwt])
  expect((await get(`/v1/connections/${byKey}`, alice)).status).toBe(404)
  expect((await get('/v1/connections')).json.data).toHaveLength(4)
})

test('a kept answer is given again, and ClickFunnels is not asked', async () => {
  const path = `/v1/connections/${before.connections.byKey}/proxy/me`
  const headers = { 'idempotency-key': 'kept-1', 'content-type': 'application/json' }
  await before.control('DELETE', 'requests')
  const { apiKey: key } = before.tenant
  const again = await before.api(path, { method: 'PATCH', key, headers, body: { a: 1 } })
  expect([again.status, again.headers.get('funnel-connect-idempotent-replay')]).toEqual([404, 'true'])
  expect((await before.control('GET', 'requests')).json.requests).toEqual([])
})

test('an identity provider shares the ids of the tenant, before and after it is changed', async () => {
  const path = `/v1/tenants/${before.tenant.id}/identity-providers`
  const [provider] = (await before.api(path)).json.data
  expect(provider).toMatchObject({ issuer: before.issuer.issuer, end_user_namespace: 'tenant' })
  const body = { algorithms: ['ES256'] }
  const changed = await before.api(`${path}/${provider.id}`, { method: 'PATCH', body })
  expect(changed.json).toMatchObject({ algorithms: ['ES256'], end_user_namespace: 'tenant' })
  const other = { issuer: 'https://other.example', audience: 'a' }
  const second = await before.api(path, { method: 'POST', body: other })
  expect(second.json).toMatchObject({ end_user_namespace: 'identity_provider' })
  // Another process has read nothing of it yet.
  before.stack.recycle('connections')
  const mine = await get(`/v1/connections/${before.connections.byJwt}`, before.issuer.token('alice'))
  expect(mine).toMatchObject({ status: 200, json: { end_user: { id: 'alice' } } })
})

test('sessions under way go on from wherever their browser was', async () => {
  const jwt = (user: string) => before.issuer.token(user)
  expect(await complete('createdByKey', 'u1')).toMatchObject({ status: 200, json: { status: 'active' } })
  expect(await complete('createdByJwt', 'u4', jwt('u4'))).toMatchObject({ status: 200 })
  expect(await complete('leftByKey', 'u6')).toMatchObject({ status: 200, json: { end_user: { id: 'u6' } } })
  expect(await complete('leftByJwt', 'u8', jwt('u8'))).toMatchObject({ status: 200 })
  expect(await complete('backByKey', 'u9')).toMatchObject({ status: 200 })
  expect(await complete('backByJwt', 'u11', jwt('u11'))).toMatchObject({ status: 200 })
  for (const name of ['createdDefault', 'createdConfirmed', 'createdByJwtConfirmed', 'leftConfirmed']) {
    expect((await comeBack(session(name))).searchParams.get('status'), name).toBe('connected')
  }
  const reconnected = await complete('leftReconnect', 'dave')
  expect(reconnected).toMatchObject({ status: 200, json: { id: before.connections.refused } })
})

test('a back end that does not send the completion code yet is refused, and can send it afterwards', async () => {
  const refused = await complete('backByKeyWithoutCode', 'u10', undefined, false)
  expect(refused).toMatchObject({ status: 403, json: { code: 'completion_code_mismatch' } })
  expect(await complete('backByKeyWithoutCode', 'u10')).toMatchObject({ status: 200 })
})

test('a revocation that was waiting is made, and the tenant can be deleted as a whole', async () => {
  const { tenant, stack, api } = before
  const ofTenant = async () => (await keysStored(stack)).filter((key) => key.includes(tenant.id))
  expect((await ofTenant()).filter((key) => key.includes(' revocation#'))).toHaveLength(1)
  await makeAllDue(stack)
  await stack.runSchedules()
  expect((await ofTenant()).filter((key) => key.includes(' revocation#'))).toEqual([])
  const path = `/v1/tenants/${tenant.id}`
  await api(path, { method: 'PATCH', body: { status: 'suspended' } })
  const deleted = await api(path, { method: 'DELETE', body: { confirm: tenant.id } })
  expect(deleted.json).toMatchObject({ status: 'deleted' })
  const left = (await ofTenant()).filter((key) => !key.startsWith('audit#')).sort()
  expect(left).toEqual([`tenant#${tenant.id} tenant`, `tenant#${tenant.id} tenant-key#shredded`])
})
