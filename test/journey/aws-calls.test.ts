// What a proxied call costs in calls to AWS: none while the process is warm.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { REMEMBERED_SECONDS } from '#domain/token-memory.ts'
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import { startTestStack, type TestStack } from '../support/stack.ts'

let store: FaultyDynamoDb
let stack: TestStack

beforeAll(async () => {
  store = await startFaultyDynamoDb()
  process.env.AWS_ENDPOINT_URL_DYNAMODB = store.url
  stack = await startTestStack()
})
afterAll(async () => {
  await stack?.close()
  await store?.close()
  delete process.env.AWS_ENDPOINT_URL_DYNAMODB
})

const kmsCalls = () => Object.values(stack.kmsCalls()).reduce((sum, count) => sum + count, 0)

async function callable() {
  const tenant = await stack.createTenant({ tokens: 'rotating' })
  const { id } = (await stack.connect(tenant)).json
  return async () => {
    const operations: string[] = []
    const kmsBefore = kmsCalls()
    store.failing = (operation) => {
      operations.push(operation)
      return false
    }
    expect(await stack.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey })).toMatchObject({
      status: 200,
    })
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

test("a warm process's first call for another tenant reads its credential, itself, the connection and its keys", async () => {
  await (await callable())()
  const { operations, kms } = await (await callable())()
  expect(operations.length).toBeLessThanOrEqual(5)
  expect(new Set(operations)).toEqual(new Set(['GetItem']))
  expect(kms).toBeLessThanOrEqual(1)
})
