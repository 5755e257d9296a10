// Calls with an Idempotency-Key over HTTP: carried out once, whatever happens, and answered alike ever after.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../support/faulty-dynamodb.ts'
import {
  type ApiCall,
  startTestStack,
  type TestStack,
  type TestTenant,
  WORKSPACE_ID,
} from '../support/stack.ts'
import { cutOffKeyedCalls, expireKeyedCalls, storedItems } from '../support/table.ts'

let store: FaultyDynamoDb
let stack: TestStack
let tenant: TestTenant
let connection: string
let keys = 0

beforeAll(async () => {
  store = await startFaultyDynamoDb()
  process.env.AWS_ENDPOINT_URL_DYNAMODB = store.url
  stack = await startTestStack()
  tenant = await stack.createTenant({ tokens: 'rotating' })
  connection = (await stack.connect(tenant)).json.id
})
afterAll(async () => {
  await stack?.close()
  await store?.close()
  delete process.env.AWS_ENDPOINT_URL_DYNAMODB
})
beforeEach(async () => {
  store.failing = undefined
  await stack.control('DELETE', 'requests')
})

const CONTACTS = `workspaces/${WORKSPACE_ID}/contacts`
const CONTACT = { contact: { email_address: 'once@example.com' } }
const newKey = () => `key-${++keys}`
const create = (idempotencyKey: string, more: ApiCall & { id?: string; path?: string } = {}) =>
  stack.api(`/v1/connections/${more.id ?? connection}/proxy/${more.path ?? CONTACTS}`, {
    method: 'POST',
    key: tenant.apiKey,
    body: CONTACT,
    ...more,
    headers: { 'idempotency-key': idempotencyKey, ...more.headers },
  })
const isReplay = ({ headers }: Awaited<ReturnType<typeof create>>) =>
  headers.get('funnel-connect-idempotent-replay') === 'true'
const posts = async () =>
  (await stack.control('GET', `requests?path=/api/v2/${CONTACTS}`)).json.requests.filter(
    ({ method }: { method: string }) => method === 'POST',
  )
const faultOnPost = (order: object) =>
  stack.control('POST', 'faults', { path: `/api/v2/${CONTACTS}`, method: 'POST', ...order })

test('twelve at once are one call at ClickFunnels, and all are answered alike', async () => {
  const key = newKey()
  await faultOnPost({ when: 'after', fault: { kind: 'slow', ms: 300 } })
  const answers = await Promise.all(Array.from({ length: 12 }, () => create(key)))
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(201))
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect(answers.filter((answer) => !isReplay(answer))).toHaveLength(1)
  const sent = await posts()
  expect(sent).toHaveLength(1)
  expect(sent[0].headers).not.toHaveProperty('idempotency-key')
  for (const { headers } of answers) expect(headers.get('funnel-connect-answer-by')).toBe('clickfunnels')
})

test('a repetition after the token was refreshed gets the first answer', async () => {
  const key = newKey()
  const first = await create(key)
  await stack.api(`/v1/connections/${connection}/refresh`, { method: 'POST', key: tenant.apiKey })
  const again = await create(key)
  expect([again.status, again.text, isReplay(again)]).toEqual([201, first.text, true])
  const ours = ['funnel-connect-request-id', 'funnel-connect-idempotent-replay', 'date', 'apigw-requestid']
  const theirs = ({ headers }: typeof first) => [...headers].filter(([name]) => !ours.includes(name))
  expect(theirs(again)).toEqual(theirs(first))
  expect(await posts()).toHaveLength(1)
})

test('the same key with another call is refused; an empty or doubled key, too', async () => {
  const key = newKey()
  await create(key)
  for (const other of [
    { body: { contact: { email_address: 'other@example.com' } } },
    { path: `${CONTACTS}?a=1` },
    { method: 'PUT' },
    { headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(CONTACT) },
  ]) {
    expect(await create(key, other)).toMatchObject({ status: 422, json: { code: 'idempotency_key_reused' } })
  }
  for (const bad of ['', 'one, two', 'x'.repeat(256)]) {
    expect(await create(bad)).toMatchObject({
      status: 422,
      json: { code: 'validation_failed', errors: [{ parameter: 'idempotency-key' }] },
    })
  }
  expect(await posts()).toHaveLength(1)
})

test('a key means nothing to another connection, and nothing to another tenant', async () => {
  const key = newKey()
  const first = await create(key)
  const second = (await stack.connect(tenant, { endUser: 'user-2' })).json.id
  expect(isReplay(await create(key, { id: second }))).toBe(false)
  const stranger = await stack.createTenant()
  const theirs = (await stack.connect(stranger)).json.id
  expect(isReplay(await create(key, { id: theirs, key: stranger.apiKey }))).toBe(false)
  expect(await posts()).toHaveLength(3)
  const foreign = await create(key, { key: stranger.apiKey })
  expect(foreign).toMatchObject({ status: 404, json: { code: 'not_found' } })
  expect(foreign.text).not.toContain(String(first.json.id))
})

test('an answer that was lost on the way is never asked for again', async () => {
  const key = newKey()
  await faultOnPost({ when: 'after', fault: { kind: 'drop' } })
  expect(await create(key)).toMatchObject({ status: 502, json: { code: 'upstream_answer_lost' } })
  expect(await create(key)).toMatchObject({ status: 409, json: { code: 'idempotency_outcome_unknown' } })
  expect(await posts()).toHaveLength(1)
})

test('a process cut off in the middle leaves a call whose outcome nobody knows', async () => {
  const key = newKey()
  await faultOnPost({ when: 'after', fault: { kind: 'slow', ms: 2000 } })
  const cutOff = create(key)
  await expect.poll(async () => (await posts()).length).toBe(1)
  await cutOffKeyedCalls(stack)
  expect(await create(key)).toMatchObject({ status: 409, json: { code: 'idempotency_outcome_unknown' } })
  // It was not cut off after all: its caller has the answer, and repetitions get it from then on.
  const late = await cutOff
  expect(late.status).toBe(201)
  expect(await create(key)).toMatchObject({ status: 201, text: late.text })
  expect(await posts()).toHaveLength(1)
})

test('an answer that the store does not take reaches its caller; what comes later is told that nobody knows', async () => {
  const key = newKey()
  store.failing = (operation, body) => operation === 'PutItem' && body.includes('"kept"')
  expect(await create(key)).toMatchObject({ status: 201 })
  store.failing = undefined
  await cutOffKeyedCalls(stack)
  expect(await create(key)).toMatchObject({ status: 409, json: { code: 'idempotency_outcome_unknown' } })
  expect(await posts()).toHaveLength(1)
})

test('without the store nothing is sent, and the key is free afterwards', async () => {
  const key = newKey()
  store.failing = (operation) => operation === 'PutItem'
  expect(await create(key)).toMatchObject({ status: 503, json: { code: 'storage_unavailable' } })
  store.failing = undefined
  expect(await posts()).toEqual([])
  expect(await create(key)).toMatchObject({ status: 201 })
})

test('a 429 frees the key; an expired token is no reason to send a call twice', async () => {
  const key = newKey()
  await faultOnPost({ fault: { kind: 'status', status: 429, retry_after: 1 } })
  expect(await create(key)).toMatchObject({ status: 429 })
  await stack.control('POST', 'tokens/expire', { client_id: tenant.clientId })
  expect(await create(key)).toMatchObject({ status: 201 })
  expect(isReplay(await create(key))).toBe(true)
})

test('a 503 may follow the deed, so the call is not sent again', async () => {
  const key = newKey()
  await faultOnPost({ when: 'after', fault: { kind: 'status', status: 503, retry_after: 1 } })
  expect(await create(key)).toMatchObject({ status: 503 })
  const again = await create(key)
  expect(again).toMatchObject({ status: 409, json: { code: 'idempotency_outcome_unknown' } })
  expect(again.headers.has('retry-after')).toBe(false)
  expect(await posts()).toHaveLength(1)
})

test('what is kept is sealed, ends by itself, and is refused once it has expired, whether it is still there or not', async () => {
  const key = newKey()
  const { json } = await create(key)
  const stored = (await storedItems(stack)).filter(({ sk }) => sk?.S?.startsWith('idempotency-key#'))
  expect(stored.length).toBeGreaterThan(0)
  expect(JSON.stringify(stored)).not.toMatch(new RegExp(`once@example|"${key}"|${json.id}[^\\d]`))
  for (const { ttl, expiresAt } of stored) expect(ttl).toEqual(expiresAt)
  await expireKeyedCalls(stack)
  expect(isReplay(await create(key))).toBe(false)
  expect(await posts()).toHaveLength(2)
})
