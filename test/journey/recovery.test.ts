// The worst moment: ClickFunnels has rotated the tokens, and the store does not take them. In strict rotation the old
// refresh token is dead by then, so what is not kept is lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import { type FaultyStack, startFaultyStack } from '../support/faulty-stack.ts'
import type { TestStack } from '../support/stack.ts'

/** 15 s of it: npm run refusals */
const OUTAGE_SECONDS = Number(process.env.OUTAGE_SECONDS ?? 2)
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems']
/** Answers that ask nothing of the end user. */
const NOTHING_TO_DO = [200, 'recovering', 'refresh_failed', 'storage_unavailable']

let store: FaultyDynamoDb
let stack: TestStack

let faulty: FaultyStack

beforeAll(async () => {
  faulty = await startFaultyStack()
  ;({ stack, store } = faulty)
})
afterAll(() => faulty?.close())

/** The write that commits a rotation, at once or from the recovery queue. */
const isCommit = (operation: string, body: string) =>
  operation === 'UpdateItem' && body.includes('set_credential') && body.includes('set_generation')

/** Until the process has left the commit to the queue. It tries for 8 s, which may be longer than its caller waits. */
async function untilQuiet(): Promise<void> {
  for (let before = -1; before !== store.failures(); ) {
    before = store.failures()
    await new Promise((resolve) => setTimeout(resolve, 1500))
  }
}

async function expired() {
  const tenant = await stack.createTenant({ tokens: 'strict' })
  const { id } = (await stack.connect(tenant)).json
  await stack.control('POST', 'tokens/expire', { client_id: tenant.clientId })
  return { id, funnels: () => stack.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey }) }
}

test('a store that fails for a moment delays the call, and nothing is lost', async () => {
  const { funnels } = await expired()
  const before = store.failures()
  store.failing = (operation, body) => isCommit(operation, body) && store.failures() < before + 5
  expect(await funnels()).toMatchObject({ status: 200 })
  expect(store.failures()).toBe(before + 5)
})

test('a store that fails for the whole commit is made up for by the recovery queue', async () => {
  const { id, funnels } = await expired()
  const recovered = () =>
    stack
      .logs()
      .split('\n')
      .some((line) => line.includes('A rotation was recovered') && line.includes(id))
  store.failing = isCommit
  const answer = await funnels()
  expect(answer).toMatchObject({ status: 503, json: { code: 'recovering' } })
  expect(answer.headers.get('retry-after')).toBe('5')
  expect(stack.logs()).toContain('it goes to the recovery queue')
  await untilQuiet()
  store.failing = undefined
  await expect.poll(recovered, { timeout: 30_000 }).toBe(true)
  expect(await funnels()).toMatchObject({ status: 200 })
  const { grants } = (await stack.control('GET', 'tokens')).json
  expect(grants.refresh_token).toBe(2)
}, 60_000)

test(`a table that refuses writes for ${OUTAGE_SECONDS} s makes no caller connect again`, async () => {
  const tenant = await stack.createTenant({ tokens: 'strict' })
  const users = ['one', 'two', 'three']
  const ids = []
  for (const endUser of users) ids.push((await stack.connect(tenant, { endUser })).json.id)
  await stack.control('POST', 'tokens/expire', { client_id: tenant.clientId })
  const call = (id: string) => stack.api(`/v1/connections/${id}/funnels`, { key: tenant.apiKey })

  // The table fails as soon as ClickFunnels has replaced the tokens of the first connection.
  const granted = async () => (await stack.control('GET', 'tokens')).json.grants.refresh_token
  const before = await granted()
  store.failing = (operation, body) => isCommit(operation, body)
  const first = call(ids[0])
  await expect.poll(granted, { timeout: 20_000 }).toBe(before + 1)
  store.failing = (operation) => WRITES.includes(operation)
  const until = Date.now() + OUTAGE_SECONDS * 1000
  const answers: Awaited<ReturnType<typeof call>>[] = []
  while (Date.now() < until) {
    answers.push(...(await Promise.all(ids.map(call))))
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  store.failing = undefined
  answers.push(await first)
  for (const id of ids) {
    const works = async () => {
      const answer = await call(id)
      answers.push(answer)
      return answer.status
    }
    await expect.poll(works, { timeout: 60_000, interval: 500 }).toBe(200)
  }
  const codes = new Set(answers.map(({ status, json }) => (status === 200 ? 200 : json.code)))
  expect([...codes].filter((code) => !NOTHING_TO_DO.includes(code))).toEqual([])
  expect(answers.length).toBeGreaterThan(ids.length + 1)
  const trail = await stack.api(`/v1/tenants/${tenant.id}/audit-events?limit=100`)
  expect(trail.text).not.toContain('connection.require_reauthorization')
}, 180_000)
