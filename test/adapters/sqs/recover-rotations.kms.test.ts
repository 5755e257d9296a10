// The consumer of the recovery queue, on DynamoDB and KMS, in its own process. It gives up a token rotation of a tenant
// whose keys were deleted, and retries after every fault that may pass.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Table } from '#adapters/dynamodb/table.ts'
import { toMessage } from '#adapters/sqs/recovery-queue.ts'
import type { Connection } from '#domain/connections/connection.ts'
import { shredTenant } from '#domain/keys/key-operations.ts'
import { deleteTenant } from '#domain/operator/tenant-deletion.ts'
import { updateTenant } from '#domain/tenants/manage-tenants.ts'
import type { TokenRotation } from '#domain/tokens/recovery-queue.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { recoverRotations } from '../../../functions/recover-rotations.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import { type Backend, type Keys, openBackend, openKeys, TABLE } from '../backend.ts'

let backend: Backend
let keys: Keys
beforeAll(async () => {
  keys = await openKeys()
})
afterAll(() => keys?.close())

let scene: Scene
let connection: Connection
let rotation: TokenRotation
beforeEach(async () => {
  backend = await openBackend()
  scene = await openScene({ ...backend.stores, ...keys.process(backend.table) })
  scene.services.clickfunnels.tokens.mode = 'strict'
})
afterEach(() => backend.close())

/** A connection whose tokens the provider has rotated, while the store refused the commit. */
async function rotated(): Promise<void> {
  const { services } = scene
  connection = await scene.connect()
  const { update } = services.connections
  services.connections.update = async () => Promise.reject(new Error('the store is down'))
  await refreshConnection(services, connection)
  services.connections.update = update
  rotation = services.recoveryQueue.sent[0] as TokenRotation
}

/** The messages that the queue has to keep after a new process got this one. Its keys come from `table`. */
async function consume(table = backend.table) {
  const services = { ...scene.services, ...keys.process(table) }
  const attributes = { ApproximateReceiveCount: '3' }
  const body = toMessage(rotation)
  const Records = [{ messageId: 'message-1', receiptHandle: 'receipt-1', attributes, body }]
  const { batchItemFailures } = await recoverRotations(services)({ Records } as never, {
    getRemainingTimeInMillis: () => 29_000,
  })
  return batchItemFailures
}
const KEPT = [{ itemIdentifier: 'message-1' }]

const suspend = () => updateTenant(scene.services, scene.app.tenantId, { status: 'suspended' })
const GONE: readonly [string, () => Promise<void>][] = [
  [
    'whose keys were shredded',
    async () => {
      await suspend()
      await shredTenant(scene.services, connection.tenantId)
    },
  ],
  [
    'that was deleted',
    async () => {
      await suspend()
      expect(await deleteTenant(scene.services, connection.tenantId, true)).toMatchObject({
        stage: 'deleted',
      })
    },
  ],
]

describe.each(GONE)('a rotation of a tenant %s', (_, end) => {
  test('is given up, and a line in the log says so', async () => {
    await rotated()
    await end()
    const before = (await backend.items()).length
    expect(await consume()).toEqual([])
    const { tenantId, connectionId } = rotation.ref
    expect(scene.services.log.entries.at(-1)).toEqual({
      level: 'warn',
      message: "A rotation was given up: its tenant's keys were deleted",
      fields: { tenantId, connectionId, generation: 1 },
    })
    expect(await backend.items()).toHaveLength(before)
  })

  test('is retried while DynamoDB cannot say that the keys are gone', async () => {
    await rotated()
    await end()
    const client = new DynamoDBClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      maxAttempts: 1,
    })
    expect(await consume(new Table(client, TABLE))).toEqual(KEPT)
    client.destroy()
    expect(await consume()).toEqual([])
  })
})

describe('a token rotation of an existing tenant', () => {
  test.each([
    ['the root key', () => keys.arn],
    ["the tenant's own key", () => keys.ownArn],
  ])('is retried while KMS refuses %s, and then recovered', async (_, arn) => {
    const { tenantId } = scene.app
    if (arn() === keys.ownArn) await updateTenant(scene.services, tenantId, { kmsKeyArn: keys.ownArn })
    await rotated()
    await suspend()
    const KeyId = arn()
    await keys.client.send(new DisableKeyCommand({ KeyId }))
    try {
      expect(await consume()).toEqual(KEPT)
    } finally {
      await keys.client.send(new EnableKeyCommand({ KeyId }))
    }
    expect(scene.services.recoveryQueue.redelivered).toEqual([{ receipt: 'receipt-1', deliveries: 3 }])
    expect(await consume()).toEqual([])
    expect(await scene.stored(connection)).toMatchObject({ generation: 2 })
  })
})
