// `kill -9` of the whole local stack at the worst moments of a refresh, and a start with the same DATA_DIR right after.
import { expect, test } from 'vitest'
import { startFaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import { scratchFolder } from '../support/scratch.ts'
import type { TestClient, TestTenant } from '../support/stack.ts'
import { databaseProcesses, freePorts, startProcess } from '../support/started.ts'
import { endLeases } from '../support/table.ts'

const refreshes = async (client: TestClient) =>
  (await client.control('GET', 'tokens')).json.grants.refresh_token as number

async function connectExpired(client: TestClient, tokens: 'rotating' | 'strict') {
  const tenant = await client.createTenant({ tokens })
  const { id } = (await client.connect(tenant)).json
  await client.control('POST', 'tokens/expire', { client_id: tenant.clientId })
  return { tenant, id: id as string }
}

const funnels = (client: TestClient, { tenant, id }: { tenant: TestTenant; id: string }) =>
  client.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey })

test('killed between the answer of the token endpoint and our commit, it needs nobody to connect again', async () => {
  const dataDir = scratchFolder()
  const port = await freePorts()
  const first = await startProcess(port, dataDir)
  const demoCookie = await switchDemoUser(first.demoUrl)
  const connection = await connectExpired(first, 'rotating')
  // ClickFunnels has done its work and the answer is on its way for ever.
  const order = { path: '/oauth/token', when: 'after', fault: { kind: 'hang' } }
  await first.control('POST', 'faults', order)
  const cutOff = funnels(first, connection).catch(() => 'cut off')
  await expect.poll(() => refreshes(first), { timeout: 10_000 }).toBe(1)
  const before = databaseProcesses(dataDir)
  expect(before).not.toEqual([])
  await first.kill()
  expect(await cutOff).toBe('cut off')

  const second = await startProcess(port, dataDir)
  expect(databaseProcesses(dataDir).filter((id) => before.includes(id))).toEqual([])
  expect(await refreshes(second)).toBe(1)
  const { tenant, id } = connection
  expect((await second.api(`/v1/connections/${id}`, { key: tenant.apiKey })).json.status).toBe('active')
  // The lease of the refresh that was cut off; nobody waits 30 seconds for it here.
  expect(await endLeases(second)).toBe(1)
  expect(await funnels(second, connection)).toMatchObject({ status: 200 })
  expect(await refreshes(second)).toBe(2)

  expect(second.apiKey).toBe(first.apiKey)
  const account = await fetch(new URL('/account', second.demoUrl), { headers: { cookie: demoCookie } })
  expect(await account.json()).toMatchObject({ user: { id: 'user-2' } })
  await second.kill()
  await expect.poll(() => databaseProcesses(dataDir), { timeout: 5000 }).toEqual([])
}, 90_000)

test('killed with a rotation on the recovery queue, it recovers the rotation in the next run', async () => {
  const dataDir = scratchFolder()
  const port = await freePorts()
  const store = await startFaultyDynamoDb()
  try {
    const environment = { AWS_ENDPOINT_URL_DYNAMODB: store.url }
    const first = await startProcess(port, dataDir, { environment })
    const connection = await connectExpired(first, 'strict')
    // Neither the commit nor its recovery.
    store.failing = (operation, body) => operation === 'UpdateItem' && body.includes('set_credential')
    expect(await funnels(first, connection)).toMatchObject({ status: 503 })
    await first.kill()

    store.failing = undefined
    const second = await startProcess(port, dataDir, { environment })
    await expect.poll(async () => (await funnels(second, connection)).status, { timeout: 15_000 }).toBe(200)
    // The new tokens that the killed run had, and no others: the old refresh token is dead in this mode.
    expect(await refreshes(second)).toBe(1)
    await second.kill()
  } finally {
    await store.close()
  }
}, 90_000)

/** Logs in as the demo's second user; gives the session's cookie. */
async function switchDemoUser(demoUrl: string): Promise<string> {
  const body = new URLSearchParams({ user: 'user-2' })
  const answer = await fetch(new URL('/login', demoUrl), { method: 'POST', body, redirect: 'manual' })
  return answer.headers.getSetCookie().at(-1)?.split(';')[0] ?? ''
}
