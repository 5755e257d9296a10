// The timeline over HTTP: what a tenant and the operator are told of one connection, through the deployed template.

import { PassThrough, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FunnelConnect } from '../../client/src/index.ts'
import { main } from '../../infra/cli/tenants.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'
import { makeAllDue } from '../support/table.ts'

let stack: TestStack
beforeAll(async () => {
  stack = await startTestStack()
})
afterAll(() => stack?.close())

test('tells the life of a connection: who did what, and what ClickFunnels answered', async () => {
  const tenant = await stack.createTenant()
  const { apiKey: key, id: tenantId } = tenant
  const { id } = (await stack.connect(tenant)).json
  const ofTenant = `/v1/tenants/${tenantId}/connections/${id}`
  await stack.api(`/v1/connections/${id}`, { method: 'PATCH', key, body: { label: 'Main shop' } })
  await stack.api(`/v1/connections/${id}/refresh`, { method: 'POST', key })
  await stack.api(ofTenant, { method: 'PATCH', body: { suspended: true } })
  await stack.api(ofTenant, { method: 'PATCH', body: { suspended: false } })
  await stack.control('POST', 'tokens/revoke', { client_id: tenant.clientId })
  await makeAllDue(stack)
  await stack.runSchedules()
  await stack.api(`/v1/connections/${id}`, { method: 'DELETE', key })
  // A refresh is noted a moment after it.
  await sleep(300)
  const timeline = async (query = '') =>
    (await stack.api(`/v1/connections/${id}/timeline${query}`, { key })).json.data
  const entries = await timeline()
  expect(entries.map(({ at: _, id: __, ...entry }: object & { at: string; id: string }) => entry)).toEqual(
    expect.arrayContaining([
      {
        ...{ code: 'connection.created', says: 'The end user connected the workspace.' },
        by: { type: 'browser', id: expect.stringMatching(/^cs_/) },
      },
      {
        ...{ code: 'connection.update', says: 'A back end of the tenant changed the connection (label).' },
        ...{ reason: 'label', result: 'ok', by: { type: 'api_key', id: expect.stringMatching(/^key_/) } },
      },
      {
        code: 'tokens.refreshed',
        says: expect.stringMatching(/^The service refreshed the tokens for a call in /),
        ...{ cause: 'call', seconds: expect.any(Number) },
      },
      expect.objectContaining({ code: 'connection.refresh', result: 'ok' }),
      {
        ...{ code: 'connection.suspended', says: 'The operator suspended the connection.' },
        by: { type: 'operator' },
      },
      expect.objectContaining({ code: 'connection.resumed', by: { type: 'operator' } }),
      {
        ...{ code: 'tokens.refused', error: 'invalid_grant', cause: 'schedule', seconds: expect.any(Number) },
        ...{ status: 400, says: 'ClickFunnels refused the refresh token (invalid_grant, status 400).' },
      },
      expect.objectContaining({ code: 'connection.at_risk', reason: 'refresh_rejected' }),
      expect.objectContaining({
        code: 'connection.disconnected',
        by: expect.objectContaining({ type: 'api_key' }),
      }),
    ]),
  )
  const times = entries.map(({ at }: { at: string }) => at)
  expect(times).toEqual(times.toSorted().reverse())
  expect(await timeline('?limit=2')).toEqual(entries.slice(0, 2))
  const client = new FunnelConnect({ url: stack.url, apiKey: key })
  expect(await client.connections.timeline(id, { limit: 3 })).toEqual(entries.slice(0, 3))
  const seen = await stack.api(`${ofTenant}/timeline`)
  expect(seen.json.data.find(({ code }: { code: string }) => code === 'connection.suspended').by.id).toMatch(
    /./,
  )
  expect(await commandLine(`connections timeline ${tenantId} ${id} --limit 100`)).toMatch(
    / UTC +tokens\.refused +ClickFunnels refused the refresh token \(invalid_grant, status 400\)\.\n/,
  )
})

test('is hidden like the connection itself, and has a limit', async () => {
  const [mine, other] = [await stack.createTenant(), await stack.createTenant({ name: 'Other' })]
  const { id } = (await stack.connect(mine)).json
  const status = async (query: string, key: string) =>
    (await stack.api(`/v1/connections/${id}/timeline${query}`, { key })).status
  expect(await status('', mine.apiKey)).toBe(200)
  expect(await status('', other.apiKey)).toBe(404)
  expect(await status('?limit=200', mine.apiKey)).toBe(200)
  expect(await status('?limit=201', mine.apiKey)).toBe(422)
  expect(await status('?limit=x', mine.apiKey)).toBe(422)
})

async function commandLine(line: string): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  await main(line.split(' '), {
    env: { FUNNEL_CONNECT_URL: stack.url },
    stdin: Readable.from(['']),
    stdout,
    stderr,
  })
  return String(stdout.read() ?? stderr.read())
}
