import { expect, test } from 'vitest'
import { switchConnection } from '#domain/operator/switches.ts'
import { connectedScene } from '../../fakes/scene.ts'

test('switching a connection reads it once, writes it once, and gives it as it is then', async () => {
  const { scene, services, connection } = await connectedScene()
  const { connections } = services
  let reads = 0
  const counting = Object.assign(Object.create(connections), {
    get: (...args: Parameters<typeof connections.get>) => {
      reads += 1
      return connections.get(...args)
    },
  })
  const ref = { tenantId: connection.tenantId, connectionId: connection.id }
  const switched = await switchConnection({ ...services, connections: counting }, ref, 'suspended')
  expect(reads).toBe(1)
  expect(switched.suspendedAt).toBe(services.now())
  expect(await scene.stored(connection)).toMatchObject({ suspendedAt: switched.suspendedAt })
})
