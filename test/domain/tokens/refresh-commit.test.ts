// The commit of a refresh. From the provider's answer until the commit, only this process has the new tokens.
import { describe, expect, test } from 'vitest'
import { ServiceError } from '#domain/errors.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { recoverTokenRotation } from '#domain/tokens/recover-rotation.ts'
import type { TokenRotation } from '#domain/tokens/recovery-queue.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { readable } from '../../fakes/readable.ts'
import { connectedScene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

const unavailable = () => new ServiceError('storage_unavailable', 'The store did not answer in time.')

/** Makes that many writes of a new generation fail. */
function failCommits(services: FakeServices, times: number, error: () => Error = unavailable): void {
  const update = services.connections.update.bind(services.connections)
  let left = times
  services.connections.update = async (ref, fence, change) => {
    if (change.generation !== undefined && left-- > 0) throw error()
    return update(ref, fence, change)
  }
}

describe('a commit', () => {
  test('that is refused because its first attempt succeeded counts as done', async () => {
    const { services, scene, connection } = await connectedScene()
    const { update } = services.connections
    // The first write succeeds, its answer is lost, and the SDK's second attempt fails its condition.
    services.connections.update = async (...write) => {
      services.connections.update = update
      await update.apply(services.connections, write)
      return update.apply(services.connections, write)
    }
    const outcome = await refreshConnection(services, connection)
    expect(outcome).toEqual({ outcome: 'refreshed', connection: await scene.stored(connection) })
    expect(services.clickfunnels.counts.revoke).toBe(0)
  })

  test('is retried while the store fails, so that rotated tokens are not lost', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    failCommits(services, 10)
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'refreshed' })
    expect((await scene.stored(connection)).generation).toBe(2)
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('is not retried for longer than the lease lasts; the sealed tokens are on the recovery queue', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    failCommits(services, 1000)
    const before = services.clock.milliseconds()
    const outcome = await refreshConnection(services, connection)
    expect(outcome).toEqual({ outcome: 'failed', error: 'commit_failed' })
    const tried = services.clock.milliseconds() - before
    expect(tried).toBeGreaterThan(7000)
    expect(tried).toBeLessThan(10_000)
    const { tenantId, id, appId } = connection
    expect(services.recoveryQueue.sent).toMatchObject([
      { ref: { tenantId, connectionId: id }, appId, generation: 1, scopes: ['admin', 'read'] },
    ])
    const row = services.clickfunnels.tokens.rows[1]
    const sent = readable(services.recoveryQueue.sent)
    for (const token of [row?.accessToken, row?.refreshToken]) expect(sent).not.toContain(token)
    expect((await scene.stored(connection)).generation).toBe(1)
  })

  test('that takes long sends the tokens to the recovery queue, too, before it ends', async () => {
    const { services, connection } = await connectedScene('strict')
    const { update } = services.connections
    let sentMeanwhile = 0
    services.connections.update = async (ref, fence, change) => {
      if (change.generation !== undefined) {
        for (let second = 1; second <= 4; second++) await services.sleep(1000)
        sentMeanwhile = services.recoveryQueue.sent.length
      }
      return update.call(services.connections, ref, fence, change)
    }
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'refreshed' })
    expect(sentMeanwhile).toBe(1)
  })

  test('goes on while the recovery queue hangs, and is done as soon as the store works again', async () => {
    const { services, scene, connection } = await connectedScene('strict')
    failCommits(services, 3)
    services.recoveryQueue.send = () => new Promise(() => {})
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'refreshed' })
    expect((await scene.stored(connection)).generation).toBe(2)
  })

  test('is sent to the recovery queue again when the queue did not take it at first', async () => {
    const { services, connection } = await connectedScene('strict')
    failCommits(services, 1000)
    const send = services.recoveryQueue.send.bind(services.recoveryQueue)
    let refusals = 2
    services.recoveryQueue.send = async (rotation) => {
      if (refusals-- > 0) throw unavailable()
      return send(rotation)
    }
    expect(await refreshConnection(services, connection)).toEqual({
      outcome: 'failed',
      error: 'commit_failed',
    })
    expect(services.recoveryQueue.sent).toHaveLength(1)
  })

  test('is not retried after a fault that does not pass, and its tokens are on the recovery queue', async () => {
    const { services, connection } = await connectedScene('strict')
    failCommits(services, 1, () => new Error('AccessDenied'))
    const outcome = await refreshConnection(services, connection)
    expect(outcome).toEqual({ outcome: 'failed', error: 'commit_failed' })
    expect(services.recoveryQueue.sent).toHaveLength(1)
  })

  test('that is refused while the store fails sends its tokens to the recovery queue if ClickFunnels does not revoke them', async () => {
    const { services, scene, connection } = await connectedScene()
    services.clickfunnels.script('refresh', async (work) => {
      const granted = await work()
      await disconnect(services, scene.caller, connection.id)
      const { enqueue } = services.revocations
      services.revocations.enqueue = async () => {
        services.revocations.enqueue = enqueue
        throw unavailable()
      }
      services.clickfunnels.script('revoke', 'failed')
      return granted
    })
    expect(await refreshConnection(services, connection)).toEqual({ outcome: 'overtaken' })
    const [rotation] = services.recoveryQueue.sent as [TokenRotation]
    expect(await recoverTokenRotation(services, rotation)).toBe('overtaken')
    expect(services.clickfunnels.tokens.live()).toEqual([])
  })

  test('needs no call of the vault, because the sealer was obtained before the provider rotated', async () => {
    const { services, connection } = await connectedScene('strict')
    services.clickfunnels.script('refresh', (work) => {
      const down = async () => Promise.reject(unavailable())
      Object.assign(services.vault, { seal: down, sealer: down })
      return work()
    })
    expect(await refreshConnection(services, connection)).toMatchObject({ outcome: 'refreshed' })
  })
})
