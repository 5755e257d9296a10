// The consumer of the recovery queue: one message of a batch that hangs takes no other back to the queue.
import { expect, test } from 'vitest'
import { toMessage } from '#adapters/sqs/recovery-queue.ts'
import { ServiceError } from '#domain/errors.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { recoverRotations } from '../../../functions/recover-rotations.ts'
import { openScene } from '../../fakes/scene.ts'

test('a batch ends before its function does, and only what was not recovered comes again', async () => {
  const scene = await openScene()
  const { services } = scene
  services.clickfunnels.tokens.mode = 'strict'
  const connections = await scene.connectMany(3)
  const { update } = services.connections
  services.connections.update = async () => Promise.reject(new ServiceError('storage_unavailable', 'down'))
  for (const connection of connections) await refreshConnection(services, connection)
  const hanging = connections[1]?.id
  services.connections.update = (ref, fence, change) =>
    ref.connectionId === hanging
      ? new Promise(() => {})
      : update.call(services.connections, ref, fence, change)
  const Records = services.recoveryQueue.sent.map((rotation) => ({
    messageId: rotation.ref.connectionId,
    body: toMessage(rotation),
    receiptHandle: 'receipt',
    attributes: { ApproximateReceiveCount: '1' },
  }))
  const began = services.clock.milliseconds()
  let ended = false
  const batch = recoverRotations(services)({ Records } as never, { getRemainingTimeInMillis: () => 29_000 })
  void batch.finally(() => {
    ended = true
  })
  while (!ended) await services.sleep(100)
  expect(await batch).toEqual({ batchItemFailures: [{ itemIdentifier: hanging }] })
  expect(services.clock.milliseconds() - began).toBeLessThan(29_000)
  const stored = await Promise.all(connections.map((connection) => scene.stored(connection)))
  expect(stored.map(({ generation }) => generation)).toEqual([2, 1, 2])
})
