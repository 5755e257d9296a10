// DynamoDB or KMS fails while an end user comes back from ClickFunnels: whatever fails before the state is taken, a reload of
// the page connects, and the code is exchanged once. On the real adapters; each response is received by a new process.
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { receiveAuthorizationResponse } from '#domain/connect/callback.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../../support/faulty-dynamodb.ts'
import { type Backend, type Keys, openBackend, openKeys } from '../backend.ts'

let store: FaultyDynamoDb
let backend: Backend
let keys: Keys
let scene: Scene
beforeAll(async () => {
  store = await startFaultyDynamoDb()
  ;[backend, keys] = await Promise.all([openBackend(Promise.resolve(store)), openKeys()])
  scene = await openScene(inNewProcess())
})
afterAll(async () => {
  await Promise.all([backend?.close(), keys?.close()])
})

const inNewProcess = () => ({ ...backend.stores, ...keys.process(backend.table) })

/** An end user who has approved; what is received is always the same response. */
async function approved(completion: 'confirmed' | 'verified') {
  const journey = await scene.leave({ completion })
  const response = {
    ...scene.services.clickfunnels.approve(journey.location),
    appId: scene.app.id,
    cookies: journey.cookies,
  }
  const receive = async () => {
    const services = { ...scene.services, ...inNewProcess() }
    return scene.saw(journey, await receiveAuthorizationResponse(services, response))
  }
  return { journey, receive }
}

async function expectConnectedOnce({ journey, receive }: Awaited<ReturnType<typeof approved>>) {
  const { counts } = scene.services.clickfunnels
  const before = counts.exchangeCode
  expect((await scene.session(journey)).state.status).toBe('authorizing')
  const tabs = await Promise.all([receive(), receive(), receive()])
  expect(tabs.map(({ outcome }) => outcome).sort()).toEqual(['repeated', 'repeated', 'return'])
  if (journey.session.completion === 'verified') await scene.complete(journey)
  expect((await scene.session(journey)).state.status).toBe('connected')
  expect(counts.exchangeCode).toBe(before + 1)
}

test.each([
  ['confirmed', 'the state', 'GetItem', '"state#'],
  ['confirmed', 'the root key', 'GetItem', '"root-key#'],
  ['confirmed', 'the taking of the state', 'TransactWriteItems', '"state#'],
  ['verified', 'the taking of the state', 'TransactWriteItems', '"state#'],
] as const)('a "%s" session outlives a DynamoDB that fails at %s', async (completion, _, operation, key) => {
  const attempt = await approved(completion)
  const before = store.failures()
  store.failing = (called, body) => called === operation && body.includes(key)
  await expect(attempt.receive()).rejects.toMatchObject({ code: 'storage_unavailable' })
  expect(store.failures()).toBeGreaterThan(before)
  store.failing = undefined
  await expectConnectedOnce(attempt)
})

test.each(['confirmed', 'verified'] as const)(
  'a "%s" session outlives a KMS that fails',
  async (completion) => {
    const attempt = await approved(completion)
    await keys.client.send(new DisableKeyCommand({ KeyId: keys.arn }))
    await expect(attempt.receive()).rejects.toThrow()
    await keys.client.send(new EnableKeyCommand({ KeyId: keys.arn }))
    await expectConnectedOnce(attempt)
  },
)
