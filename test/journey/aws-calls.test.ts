// What a proxied call costs in calls to AWS: none while the process is warm.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT_KEY_COUNT } from '#adapters/vault/root-keys.ts'
import { REMEMBERED_SECONDS } from '#domain/tokens/token-memory.ts'
import type { FaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import { type FaultyStack, startFaultyStack } from '../support/faulty-stack.ts'
import { type ApiCall, type TestStack, WORKSPACE_ID } from '../support/stack.ts'
import { untilPublished } from '../support/table.ts'

let store: FaultyDynamoDb
let stack: TestStack

let faulty: FaultyStack

beforeAll(async () => {
  faulty = await startFaultyStack()
  ;({ stack, store } = faulty)
})
afterAll(() => faulty?.close())

const kmsCalls = () => Object.values(stack.kmsCalls()).reduce((sum, count) => sum + count, 0)

async function callable(limits?: object) {
  const tenant = await stack.createTenant({ tokens: 'rotating', ...(limits && { limits }) })
  const { id } = (await stack.connect(tenant)).json
  await untilPublished(stack)
  return async (call: ApiCall = {}) => {
    const operations: string[] = []
    const kmsBefore = kmsCalls()
    store.failing = (operation) => {
      operations.push(operation)
      return false
    }
    const path = call.method === 'POST' ? `proxy/workspaces/${WORKSPACE_ID}/contacts` : 'funnels'
    const { status } = await stack.api(`/v1/connections/${id}/${path}`, { ...call, key: tenant.apiKey })
    expect(status).toBe(call.method === 'POST' ? 201 : 200)
    store.failing = undefined
    return { operations, kms: kmsCalls() - kmsBefore }
  }
}

test('a warm call asks AWS nothing; some seconds later it reads one item', async () => {
  const call = await callable()
  await call()
  expect(await call()).toEqual({ operations: [], kms: 0 })
  await sleep(REMEMBERED_SECONDS * 1000)
  expect(await call()).toEqual({ operations: ['GetItem'], kms: 0 })
  expect(await call()).toEqual({ operations: [], kms: 0 })
})

test("a warm process's first call for another tenant reads credential, tenant with keys, and connection; nothing more once the root key is open", async () => {
  const shared = []
  // There are so many root keys: the next tenant at the latest shares one with a tenant before it.
  for (let tenants = 0; tenants <= ROOT_KEY_COUNT && shared.length === 0; tenants++) {
    const { operations, kms } = await (await callable())()
    if (kms === 0) shared.push(operations)
    else if (tenants > 0) expect({ kms, most: operations.length <= 4 }).toEqual({ kms: 1, most: true })
  }
  // Finding the credential notes its use, once an hour.
  expect(shared).toEqual([['UpdateItem', 'Query', 'GetItem']])
})

test('a warm writing call costs nothing more; with an Idempotency-Key two writes, and its repetition one and two reads', async () => {
  const call = await callable()
  const post = { method: 'POST', body: { contact: { email_address: 'a@example.com' } } }
  await call(post)
  expect(await call(post)).toEqual({ operations: [], kms: 0 })
  const withKey = (key: string) => ({ ...post, headers: { 'idempotency-key': key } })
  // The first one finds out which of the tenant's keys is the newest; that is known for minutes.
  await call(withKey('first'))
  const keyed = withKey('second')
  expect(await call(keyed)).toEqual({ operations: ['PutItem', 'PutItem'], kms: 0 })
  // The connection is read as well: a kept answer must not outlive it.
  expect(await call(keyed)).toEqual({ operations: ['PutItem', 'GetItem', 'GetItem'], kms: 0 })
})

test('a tenant far below its limit of requests asks AWS no more than one without', async () => {
  const call = await callable({ requests_per_second: 100 })
  await call()
  expect(await call()).toEqual({ operations: [], kms: 0 })
  expect(await call()).toEqual({ operations: [], kms: 0 })
})
