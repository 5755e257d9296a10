// SQS and KMS in memory.
import { expect, test } from 'vitest'
import { KEY_ARN, OUR_AWS, RECOVERY_QUEUE, TENANT_OWNED_KEY_ARN } from './our-aws.ts'
import { World } from './world.ts'

const NOW = Date.UTC(2027, 0, 1)

interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[]
}

function newQueue() {
  const world = new World(OUR_AWS, 1)
  const call = (operation: string, input: object, now: number, queue = RECOVERY_QUEUE.name) => {
    const QueueUrl = world.sqs.queues.get(queue)?.shape.url
    return world.call(`AmazonSQS.${operation}`, { QueueUrl, ...input }, now)
  }
  return {
    world,
    call,
    send: (body: string, DelaySeconds = 0) => call('SendMessage', { MessageBody: body, DelaySeconds }, NOW),
    receive: (now: number, queue?: string) =>
      (call('ReceiveMessage', { MaxNumberOfMessages: 10 }, now, queue).body as Received).Messages ?? [],
  }
}

test('a message comes after its delay, is hidden once received, and comes again unless it is deleted', () => {
  const { call, send, receive } = newQueue()
  send('a', 10)
  expect(receive(NOW + 9_999)).toEqual([])
  expect(receive(NOW + 10_000)).toMatchObject([{ Body: 'a' }])
  expect(receive(NOW + 69_999)).toEqual([])
  const [again] = receive(NOW + 70_000)
  call('ChangeMessageVisibility', { ReceiptHandle: again?.ReceiptHandle, VisibilityTimeout: 5 }, NOW + 70_001)
  const [last] = receive(NOW + 75_001)
  // A receipt from before is accepted and changes nothing.
  expect(call('DeleteMessage', { ReceiptHandle: again?.ReceiptHandle }, NOW + 75_002).status).toBe(200)
  expect(receive(NOW + 135_001)).toHaveLength(1)
  expect(last?.ReceiptHandle).not.toBe(again?.ReceiptHandle)
})

test('a deleted message stays away, and messages come in any order', () => {
  const { call, send, receive } = newQueue()
  const bodies = ['a', 'b', 'c', 'd', 'e', 'f']
  for (const body of bodies) send(body)
  const received = receive(NOW)
  expect(received.map(({ Body }) => Body)).not.toEqual(bodies)
  expect(received.map(({ Body }) => Body).toSorted()).toEqual(bodies)
  for (const { ReceiptHandle } of received) call('DeleteMessage', { ReceiptHandle }, NOW)
  expect(receive(NOW + 60_000)).toEqual([])
})

test('a message may come twice', () => {
  const { world, send, receive } = newQueue()
  world.sqs.duplicateChance = 1
  send('a')
  expect([receive(NOW), receive(NOW)].map(({ length }) => length)).toEqual([1, 1])
})

test('a message that was received too often goes to the dead letters', () => {
  const { send, receive } = newQueue()
  send('a')
  const max = RECOVERY_QUEUE.redrive?.maxReceiveCount ?? 0
  for (let receipt = 0; receipt < max; receipt++) expect(receive(NOW + receipt * 60_000)).toHaveLength(1)
  expect(receive(NOW + max * 60_000)).toEqual([])
  expect(receive(NOW + max * 60_000, RECOVERY_QUEUE.redrive?.to)).toMatchObject([{ Body: 'a' }])
})

test('refuses what SQS refuses', () => {
  const { call, world } = newQueue()
  expect(call('SendMessage', { MessageBody: 'x'.repeat(1024 * 1024 + 1) }, NOW).status).toBe(400)
  expect(call('DeleteMessage', { ReceiptHandle: 'no receipt' }, NOW).body).toHaveProperty(
    '__type',
    'com.amazonaws.sqs#ReceiptHandleIsInvalid',
  )
  const elsewhere = world.call('AmazonSQS.ReceiveMessage', { QueueUrl: 'https://elsewhere.invalid/' }, NOW)
  expect(elsewhere.body).toHaveProperty('__type', 'com.amazonaws.sqs#QueueDoesNotExist')
})

test('a data key opens with its key and encryption context only', () => {
  const world = new World(OUR_AWS, 1)
  const call = (operation: string, input: object) => world.call(`TrentService.${operation}`, input, NOW)
  const context = { purpose: 'root-key', root_key: '1/1' }
  const made = call('GenerateDataKey', { KeyId: KEY_ARN, KeySpec: 'AES_256', EncryptionContext: context })
  const { Plaintext, CiphertextBlob } = made.body as { Plaintext: string; CiphertextBlob: string }
  expect(Buffer.from(Plaintext, 'base64')).toHaveLength(32)
  const open = (EncryptionContext: object, more: object = {}) =>
    call('Decrypt', { CiphertextBlob, EncryptionContext, ...more }).body
  expect(open({ root_key: '1/1', purpose: 'root-key' })).toMatchObject({ Plaintext, KeyId: KEY_ARN })
  expect(open({ purpose: 'root-key' })).toMatchObject({ __type: 'InvalidCiphertextException' })
  expect(open(context, { KeyId: TENANT_OWNED_KEY_ARN })).toMatchObject({ __type: 'IncorrectKeyException' })
  expect(open(context, { CiphertextBlob: 'AAAA' })).toMatchObject({ __type: 'InvalidCiphertextException' })
  world.kms.keys.set(KEY_ARN, 'Disabled')
  expect(open(context)).toMatchObject({ __type: 'DisabledException' })
})
