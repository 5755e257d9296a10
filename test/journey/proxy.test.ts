// Calling ClickFunnels through a connection: expiry, refresh, rejection, and what the schedule does about it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { sendRaw } from '../support/raw-request.ts'
import { startTestStack, type TestStack, type TestTenant, WORKSPACE_ID } from '../support/stack.ts'
import { makeAllDue } from '../support/table.ts'

let stack: TestStack
let tenant: TestTenant
let connection: string

beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

const as = (more: object = {}) => ({ key: tenant.apiKey, ...more })
const proxied = (path: string, more: object = {}) =>
  stack.api(`/v1/connections/${connection}/proxy/${path}`, as(more))
const funnels = () => stack.api(`/v1/connections/${connection}/funnels`, as())
const show = async () => (await stack.api(`/v1/connections/${connection}`, as())).json
const grants = async () => (await stack.control('GET', 'tokens')).json.grants
const expire = () => stack.control('POST', 'tokens/expire', { client_id: tenant.clientId })
const revoke = () => stack.control('POST', 'tokens/revoke', { client_id: tenant.clientId })
const fault = (path: string, order: object) => stack.control('POST', 'faults', { path, ...order })

async function connected(tokens: 'non_expiring' | 'rotating' | 'strict', lifetime = 7200) {
  await stack.control('POST', 'reset')
  tenant = await stack.createTenant({ tokens, lifetime })
  connection = (await stack.connect(tenant)).json.id
}

describe('a proxied call', () => {
  beforeEach(() => connected('rotating'))

  test('lists funnels page by page behind the connection', async () => {
    const first = await funnels()
    expect(first).toMatchObject({ status: 200 })
    expect(first.json).toHaveLength(20)
    const after = first.headers.get('pagination-next')
    expect(first.headers.get('link')).toBe(
      `<${stack.url}/v1/connections/${connection}/proxy/workspaces/${WORKSPACE_ID}/funnels?after=${after}>; rel="next"`,
    )
    expect(first.headers.get('funnel-connect-answer-by')).toBe('clickfunnels')
  })

  test('reaches accounts and workspace hosts, writes, and hands errors on as they are', async () => {
    expect((await proxied('me')).json.connected_workspace.workspace_id).toBe(WORKSPACE_ID)
    const body = { contact: { email_address: 'someone@example.com' } }
    const contacts = `workspaces/${WORKSPACE_ID}/contacts`
    expect(await proxied(contacts, { method: 'POST', body })).toMatchObject({ status: 201 })
    expect(
      await proxied(contacts, { method: 'POST', body: { contact: { email_address: 'nobody' } } }),
    ).toMatchObject({ status: 422 })
    expect(await proxied('funnels/1')).toMatchObject({ status: 404, json: { error: expect.any(String) } })
  })

  test('refuses path tricks before anything goes out', async () => {
    await stack.control('DELETE', 'requests')
    const headers = ['authorization', `Bearer ${tenant.apiKey}`]
    for (const path of [
      '../me',
      '%2e%2e/me',
      'a//b',
      'me%5Cx',
      'me%23x',
      'me%2525',
      'a/%2E%2E/me',
      'me%00',
    ]) {
      const refused = await sendRaw(stack.url, {
        target: `/v1/connections/${connection}/proxy/${path}`,
        headers,
      })
      expect(refused.status, path).toBe(400)
      expect(JSON.parse(String(refused.body)), path).toMatchObject({ code: 'path_not_allowed' })
    }
    expect((await stack.control('GET', 'requests')).json.requests).toEqual([])
  })

  test('works with an expired token, after one refresh for many callers at once', async () => {
    await expire()
    const answers = await Promise.all(Array.from({ length: 20 }, funnels))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    expect(await grants()).toMatchObject({ refresh_token: 1 })
    expect((await show()).token).toMatchObject({
      last_refreshed_at: expect.any(String),
      consecutive_failures: 0,
    })
  })

  test('is told to connect again when the grant is gone', async () => {
    await revoke()
    const refused = await funnels()
    expect(refused).toMatchObject({
      status: 409,
      json: { code: 'reauthorization_required', connection_id: connection, reason: 'grant_refused' },
    })
    expect(await show()).toMatchObject({ status: 'reauthorization_required', status_reason: 'grant_refused' })
    await stack.connect(tenant)
    expect(await funnels()).toMatchObject({ status: 200 })
  })

  test('is not harmed by a token endpoint that is down while the token is good', async () => {
    await fault('/oauth/token', { times: 9, fault: { kind: 'status', status: 503, html: true } })
    expect(await stack.api(`/v1/connections/${connection}/refresh`, as({ method: 'POST' }))).toMatchObject({
      status: 502,
      json: { code: 'refresh_failed' },
    })
    expect(await funnels()).toMatchObject({ status: 200 })
    expect((await show()).token).toMatchObject({ consecutive_failures: 1, last_error: 'provider_down' })
  })

  test('does not repeat a POST whose answer was lost', async () => {
    const path = `/api/v2/workspaces/${WORKSPACE_ID}/contacts`
    await fault(path, { when: 'after', fault: { kind: 'drop' } })
    const body = { contact: { email_address: 'once@example.com' } }
    const lost = await proxied(`workspaces/${WORKSPACE_ID}/contacts`, { method: 'POST', body })
    expect(lost).toMatchObject({ status: 502, json: { code: 'upstream_answer_lost' } })
    const { requests } = (await stack.control('GET', `requests?path=${path}`)).json
    expect(requests).toHaveLength(1)
  })
})

describe('a lost answer of the token endpoint', () => {
  test('is made up for with the same refresh token, unseen by the caller', async () => {
    await connected('rotating')
    await expire()
    await fault('/oauth/token', { when: 'after', fault: { kind: 'drop' } })
    expect(await funnels()).toMatchObject({ status: 200 })
  })
})

describe('a caller whose work takes long', () => {
  test('asks for a token that lasts by a header, which goes no further', async () => {
    await connected('rotating')
    const call = (seconds: string) => proxied('me', { headers: { 'funnel-connect-min-validity': seconds } })
    expect(await call('60')).toMatchObject({ status: 200 })
    const { token } = await show()
    expect(token.last_refreshed_at).toBeUndefined()
    expect(await call('soon')).toMatchObject({
      status: 422,
      json: { errors: [{ parameter: 'funnel-connect-min-validity' }] },
    })
    const { requests } = (await stack.control('GET', 'requests?path=/api/v2/me')).json
    expect(JSON.stringify(requests)).not.toContain('min-validity')
  })
})

describe('a caller that does not want to wait', () => {
  test('gives the call a second by a header, which goes no further', async () => {
    await connected('rotating')
    await fault('/api/v2/me', { when: 'before', fault: { kind: 'hang' } })
    const began = performance.now()
    const call = (seconds: string) => proxied('me', { headers: { 'funnel-connect-timeout': seconds } })
    expect(await call('1')).toMatchObject({ status: 504, json: { code: 'upstream_timeout' } })
    expect(performance.now() - began).toBeLessThan(10_000)
    for (const wrong of ['0', '26', 'soon', '1.5']) {
      const errors = [{ parameter: 'funnel-connect-timeout' }]
      expect(await call(wrong), wrong).toMatchObject({ status: 422, json: { errors } })
    }
    const { requests } = (await stack.control('GET', 'requests?path=/api/v2/me')).json
    expect(JSON.stringify(requests)).not.toContain('funnel-connect-timeout')
  })
})

describe('a connection without a refresh token', () => {
  beforeEach(() => connected('non_expiring'))

  test('is not expired by expires_in', async () => {
    const { token } = await show()
    expect(token).toMatchObject({ refreshable: false })
    expect(token.expires_at).toBeUndefined()
    expect(Date.parse(token.next_due_at) - Date.now()).toBeGreaterThan(20 * 3600_000)
  })

  test('is probed on demand, and ends only by a confirmed 401', async () => {
    const probe = () => stack.api(`/v1/connections/${connection}/refresh`, as({ method: 'POST' }))
    await fault('/api/v2/me', { fault: { kind: 'status', status: 503 } })
    expect(await probe()).toMatchObject({ status: 502 })
    expect(await show()).toMatchObject({ status: 'active', token: { last_error: 'probe_unclear' } })
    expect(await probe()).toMatchObject({ status: 200, json: { token: { consecutive_failures: 0 } } })
    await revoke()
    expect(await probe()).toMatchObject({ status: 409, json: { reason: 'access_token_rejected' } })
  })

  test('survives a single stray 401 in the proxy', async () => {
    await fault('/api/v2/workspaces', { fault: { kind: 'status', status: 401 } })
    expect(await funnels()).toMatchObject({ status: 401 })
    expect(await show()).toMatchObject({ status: 'active' })
  })
})

describe('the schedule', () => {
  test('refreshes what is due and nothing else', async () => {
    await connected('rotating')
    await stack.runSchedules()
    expect(await grants()).toMatchObject({ refresh_token: 0 })
    await makeAllDue(stack)
    await Promise.all([stack.runSchedules(), stack.runSchedules()])
    expect(await grants()).toMatchObject({ refresh_token: 1 })
    const { token } = await show()
    expect(token.last_refreshed_at).toBeDefined()
    expect(Date.parse(token.next_due_at)).toBeGreaterThan(Date.now())
  })

  test('probes what cannot be refreshed, and ends what was revoked', async () => {
    await connected('non_expiring')
    await makeAllDue(stack)
    await stack.runSchedules()
    expect((await stack.control('GET', 'requests?path=/api/v2/me')).json.requests).not.toEqual([])
    const { token, status } = await show()
    expect(Date.parse(token.next_due_at) - Date.now()).toBeGreaterThan(20 * 3600_000)
    expect(status).toBe('active')
    await revoke()
    await makeAllDue(stack)
    await stack.runSchedules()
    expect(await show()).toMatchObject({ status: 'reauthorization_required' })
  })
})

describe('disconnecting', () => {
  beforeEach(() => connected('rotating'))
  const tokenStates = async () =>
    (await stack.control('GET', 'tokens')).json.tokens.map((token: { state: string }) => token.state)

  test('revokes the token and forgets the connection', async () => {
    expect(await stack.api(`/v1/connections/${connection}`, as({ method: 'DELETE' }))).toMatchObject({
      status: 204,
    })
    expect(await tokenStates()).toEqual(['revoked'])
    expect(await funnels()).toMatchObject({ status: 404 })
    expect(await stack.api(`/v1/connections/${connection}`, as({ method: 'DELETE' }))).toMatchObject({
      status: 404,
    })
  })

  test('succeeds while ClickFunnels is down; the schedule revokes later', async () => {
    await fault('/oauth/revoke', { fault: { kind: 'status', status: 503 } })
    expect(await stack.api(`/v1/connections/${connection}`, as({ method: 'DELETE' }))).toMatchObject({
      status: 204,
    })
    expect(await tokenStates()).toEqual(['live'])
    await makeAllDue(stack)
    await stack.runSchedules()
    expect(await tokenStates()).toEqual(['revoked'])
  })
})
