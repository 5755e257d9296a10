// What the recovery queue asks of SQS: first deliveries come after seconds.
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { SqsRecoveryQueue } from '#adapters/sqs/recovery-queue.ts'
import { type LoopbackPeer, startPeer, wire } from '../../support/loopback-peer.ts'

let peer: LoopbackPeer
let queue: SqsRecoveryQueue
beforeAll(async () => {
  peer = await startPeer((socket) =>
    socket.write(wire(200, ['content-type: application/x-amz-json-1.0'], '{}')),
  )
  queue = new SqsRecoveryQueue(`${peer.url}/000000000000/recovery`)
})
beforeEach(() => {
  peer.requests.length = 0
  vi.stubEnv('AWS_REGION', 'us-east-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'x')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x')
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', peer.url)
})
afterAll(() => peer?.close())

const asked = () => peer.requests.map((request) => JSON.parse(request.slice(request.indexOf('\r\n\r\n') + 4)))

test('a message is first delivered after the process that sent it has retried the commit', async () => {
  await queue.send({ generation: 1 } as never).catch(() => {})
  expect(asked()[0]).toMatchObject({ MessageBody: '{"generation":1}', DelaySeconds: 10 })
})

test('a message that failed comes again after seconds, then after longer, at most after a minute', async () => {
  for (const deliveries of [1, 2, 3, 4, 5, 400]) await queue.redeliver('receipt-1', deliveries)
  expect(asked().map(({ VisibilityTimeout }) => VisibilityTimeout)).toEqual([5, 10, 20, 40, 60, 60])
  expect(asked()[0]).toMatchObject({ ReceiptHandle: 'receipt-1' })
})
