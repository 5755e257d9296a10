// The end of a client secret's rotation, and of an app: what may be removed when, and what is known of each secret.
import { describe, expect, test } from 'vitest'
import { secretState } from '#domain/app-health.ts'
import { disconnectNow } from '#domain/disconnect.ts'
import { findApp, removeApp, removeClientSecret, updateApp } from '#domain/manage-apps.ts'
import { refreshConnection } from '#domain/refresh.ts'
import { Secret } from '#domain/secret.ts'
import { switchApp } from '#domain/switches.ts'
import { connectedScene } from '../fakes/scene.ts'

const IN_USE = { code: 'client_secret_in_use' }

async function rotating(secret = 'client-secret-2') {
  const { scene, services, connection } = await connectedScene()
  const { tenantId, id } = scene.app
  const states = async () => {
    const app = await findApp(services, tenantId, id)
    return app.clientSecrets.map(({ serial }) => [serial, secretState(app, serial)])
  }
  const remove = (serial: number, forced = false) =>
    removeClientSecret(services, tenantId, id, serial, forced)
  const refresh = async () => refreshConnection(services, await scene.stored(connection))
  expect(await states()).toEqual([[1, 'in_use']])
  await updateApp(services, tenantId, id, { clientSecret: new Secret(secret) })
  return { scene, services, connection, states, remove, refresh }
}

describe('a client secret', () => {
  test('is removed once the new one was seen to work', async () => {
    const { services, states, remove, refresh } = await rotating()
    services.clickfunnels.registerClient('client-1', 'client-secret-1', 'client-secret-2')
    expect(await states()).toEqual([
      [2, 'untried'],
      [1, 'former'],
    ])
    await expect(remove(1)).rejects.toMatchObject(IN_USE)
    expect(await refresh()).toMatchObject({ outcome: 'refreshed' })
    expect(await states()).toEqual([
      [2, 'in_use'],
      [1, 'former'],
    ])
    await expect(remove(2)).rejects.toMatchObject(IN_USE)
    await remove(1)
    expect(await states()).toEqual([[2, 'in_use']])
    await expect(remove(2, true)).rejects.toMatchObject(IN_USE)
    await expect(remove(1)).rejects.toMatchObject({ code: 'not_found' })
    expect(await refresh()).toMatchObject({ outcome: 'refreshed' })
  })

  test('that ClickFunnels refuses is shown as refused and may go, while the one that works stays', async () => {
    const { states, remove, refresh } = await rotating('mistyped')
    expect(await refresh()).toMatchObject({ outcome: 'refreshed' })
    expect(await states()).toEqual([
      [2, 'refused'],
      [1, 'in_use'],
    ])
    await expect(remove(1)).rejects.toMatchObject(IN_USE)
    await remove(2)
    expect(await states()).toEqual([[1, 'in_use']])
    expect(await refresh()).toMatchObject({ outcome: 'refreshed' })
  })

  test('that is new is tried first, whichever worked before', async () => {
    const { scene, services, states, refresh } = await rotating('mistyped')
    await refresh()
    services.clickfunnels.registerClient('client-1', 'client-secret-1', 'client-secret-3')
    const { tenantId, id } = scene.app
    await updateApp(services, tenantId, id, { clientSecret: new Secret('client-secret-3') })
    await refresh()
    expect(await states()).toEqual([
      [3, 'in_use'],
      [1, 'former'],
    ])
  })

  test('is removed unproven when that is forced', async () => {
    const { states, remove } = await rotating()
    await remove(1, true)
    expect(await states()).toEqual([[2, 'in_use']])
  })

  test('that an answer of before its rotation was given to says nothing about the new one', async () => {
    const { services, scene, states, refresh } = await rotating()
    services.clickfunnels.registerClient('client-1', 'client-secret-1', 'client-secret-2')
    services.clickfunnels.script('refresh', async (work) => {
      const answer = await work()
      const { tenantId, id } = scene.app
      await updateApp(services, tenantId, id, { clientSecret: new Secret('client-secret-4') })
      return answer
    })
    await refresh()
    expect((await states())[0]).toEqual([3, 'untried'])
  })
})

describe('an app', () => {
  test('is deleted when it is suspended, has no connection and owes no revocation', async () => {
    const { scene, services, connection } = await connectedScene()
    const { tenantId, id } = scene.app
    const remove = () => removeApp(services, tenantId, id)
    const inUse = { code: 'app_in_use' }
    await expect(remove()).rejects.toMatchObject(inUse)
    await switchApp(services, tenantId, id, 'suspended')
    await expect(remove()).rejects.toThrow(/has connections/)
    services.clickfunnels.script('revoke', 'failed')
    await disconnectNow(services, { tenantId, connectionId: connection.id })
    await expect(remove()).rejects.toThrow(/owed/)
    for (const debt of services.revocations.items.values()) await services.revocations.settle(debt)
    await remove()
    await expect(remove()).rejects.toMatchObject({ code: 'not_found' })
  })
})
