// Tokens that neither the table nor the recovery queue takes: they are tried until the process ends, then held by it for its
// next invocation, and written to the log, sealed.

import { beforeEach, describe, expect, test } from 'vitest'
import type { Connection } from '#domain/connections/connection.ts'
import { ServiceError } from '#domain/errors.ts'
import { deadlineIn } from '#domain/time.ts'
import { TOKENS_UNSTORED } from '#domain/tokens/commit-rotation.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { recoverTokenRotation } from '#domain/tokens/recover-rotation.ts'
import type { TokenRotation } from '#domain/tokens/recovery-queue.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { readable } from '../../fakes/readable.ts'
import { connectedScene, type Scene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

const unavailable = async () => Promise.reject(new ServiceError('storage_unavailable', 'No answer in time.'))
const hang = () => new Promise<never>(() => {})

let services: FakeServices
let scene: Scene
let connection: Connection
beforeEach(async () => {
  ;({ services, scene, connection } = await connectedScene('strict'))
})

/** The table takes no new generation, and the queue no message. */
function bothDown(fault: () => Promise<never> = unavailable): { end(): void } {
  const { connections, recoveryQueue } = services
  const { update } = connections
  const { send } = recoveryQueue
  connections.update = (ref, fence, change) =>
    change.generation === undefined ? update.call(connections, ref, fence, change) : fault()
  recoveryQueue.send = fault
  return {
    end() {
      connections.update = update
      recoveryQueue.send = send
    },
  }
}
const lines = () => services.log.entries.filter(({ message }) => message === TOKENS_UNSTORED)
const refresh = () => refreshConnection(services, connection)

describe('while the table and the queue are down', () => {
  test('the commit is tried until the process ends', async () => {
    const began = services.clock.milliseconds()
    const outage = bothDown()
    const refreshing = refresh()
    while (services.clock.milliseconds() - began < 20_000) await services.sleep(100)
    expect(lines()).toEqual([])
    outage.end()
    expect(await refreshing).toMatchObject({ outcome: 'refreshed' })
    expect((await scene.stored(connection)).generation).toBe(2)
  })

  test.each([
    ['fail', unavailable],
    ['hang', hang],
  ])('and %s to the end, the process holds the tokens, and the log has them sealed', async (_, fault) => {
    const began = services.clock.milliseconds()
    bothDown(fault)
    const refreshing = refresh()
    for (let ended = false; !ended; ) {
      void refreshing.then(() => {
        ended = true
      })
      await services.sleep(100)
    }
    expect(await refreshing).toEqual({ outcome: 'failed', error: 'commit_failed' })
    const took = services.clock.milliseconds() - began
    expect(took).toBeGreaterThan(26_000)
    // The function is ended after 29 s.
    expect(took).toBeLessThan(29_000)
    expect(services.heldRotations.isEmpty()).toBe(false)
    expect(lines()).toMatchObject([{ level: 'error', fields: { connectionId: connection.id } }])
    const row = services.clickfunnels.tokens.rows[1]
    for (const token of [row?.accessToken, row?.refreshToken])
      expect(readable(services.log.entries)).not.toContain(token)
  })
})

describe('tokens that a process holds', () => {
  beforeEach(async () => {
    const outage = bothDown()
    await refresh()
    outage.end()
  })

  test('are stored at its next invocation, without another call of ClickFunnels', async () => {
    await services.heldRotations.attemptAll()
    expect(await scene.stored(connection)).toMatchObject({ generation: 2 })
    expect(services.heldRotations.isEmpty()).toBe(true)
    expect(services.clickfunnels.counts.refresh).toBe(1)
  })

  test('go to the recovery queue if only the table is still down', async () => {
    services.connections.update = unavailable
    await services.heldRotations.attemptAll()
    expect(services.heldRotations.isEmpty()).toBe(true)
    expect(services.recoveryQueue.sent).toHaveLength(1)
  })

  test('are held on if both are still down', async () => {
    const outage = bothDown()
    await services.heldRotations.attemptAll()
    expect(services.heldRotations.isEmpty()).toBe(false)
    outage.end()
    await services.heldRotations.attemptAll()
    expect((await scene.stored(connection)).generation).toBe(2)
  })
})

test('tokens without a connection that can be neither revoked nor queued are held, and the caller gets no 500', async () => {
  const { enqueue } = services.revocations
  const { send } = services.recoveryQueue
  services.clickfunnels.script('refresh', async (work) => {
    const granted = await work()
    await disconnect(services, scene.caller, connection.id)
    services.revocations.enqueue = unavailable
    services.recoveryQueue.send = unavailable
    services.clickfunnels.script('revoke', 'failed')
    return granted
  })
  const outcome = await refreshConnection(services, connection, 'call', deadlineIn(services.now()))
  expect(outcome).toEqual({ outcome: 'overtaken' })
  services.revocations.enqueue = enqueue
  services.recoveryQueue.send = send
  await services.heldRotations.attemptAll()
  const [held] = services.recoveryQueue.sent as [TokenRotation]
  expect(await recoverTokenRotation(services, held)).toBe('overtaken')
  expect(services.clickfunnels.tokens.live()).toEqual([])
})
