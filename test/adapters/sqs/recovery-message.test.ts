// Messages of the recovery queue with any lifetime of the tokens: none may be refused, because they hold the only copy.
import { describe, expect, test } from 'vitest'
import { fromMessage } from '#adapters/sqs/recovery-message.ts'
import { toMessage } from '#adapters/sqs/recovery-queue.ts'
import { expiryOf } from '#domain/connections/connection.ts'
import { recoverTokenRotation } from '#domain/tokens/recover-rotation.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { connectedScene } from '../../fakes/scene.ts'

/** A rotation whose commit failed, as it lies in the queue. */
async function queued() {
  const { services, scene, connection } = await connectedScene('strict')
  const { update } = services.connections
  services.connections.update = async () => Promise.reject(new Error('the store is down'))
  await refreshConnection(services, connection)
  services.connections.update = update
  const [rotation] = services.recoveryQueue.sent
  if (rotation === undefined) throw new Error('nothing was sent')
  return { services, scene, connection, message: JSON.parse(toMessage(rotation)) }
}

describe('a message is recovered', () => {
  test.each([undefined, null, 1e300, -1e300, 0, -5, 1_767_225_600.9, Number.MAX_SAFE_INTEGER])(
    'when its tokens expire at %s',
    async (expiresAt) => {
      const { services, scene, connection, message } = await queued()
      const body = JSON.stringify({ ...message, credential: { ...message.credential, expiresAt } })
      expect(await recoverTokenRotation(services, fromMessage(body))).toBe('recovered')
      const stored = await scene.stored(connection)
      expect(stored).toMatchObject({ generation: 2, state: { status: 'active' } })
      const expiry = expiryOf(stored.credential)
      expect(expiry === undefined).toBe(expiresAt === undefined)
      if (expiry !== undefined) expect(new Date(expiry * 1000).getUTCFullYear()).toBeLessThanOrEqual(9999)
    },
  )
})

test('a message of another service is refused', async () => {
  const { message } = await queued()
  for (const body of ['{}', '[]', JSON.stringify({ ...message, credential: {} })]) {
    expect(() => fromMessage(body)).toThrow()
  }
})
