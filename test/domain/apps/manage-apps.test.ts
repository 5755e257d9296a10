// The end of a client secret's rotation, and of an app: what may be removed when, and what is known of each secret.
import { describe, expect, test } from 'vitest'
import type { App, SealedClientSecret } from '#domain/apps/app.ts'
import { firstSerial, secretState } from '#domain/apps/app-health.ts'
import { createApp, findApp, removeClientSecret, updateApp } from '#domain/apps/manage-apps.ts'
import type { AppId } from '#domain/ids.ts'
import { removeApp } from '#domain/operator/remove-app.ts'
import { switchApp } from '#domain/operator/switches.ts'
import { Secret } from '#domain/secret.ts'
import { disconnectNow } from '#domain/tokens/disconnect.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { aConnection, aRevocation } from '../../contracts/samples.ts'
import { connectedScene, openScene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'

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
  test('of a new app is untried until ClickFunnels has accepted it', async () => {
    const scene = await openScene()
    const state = async () => {
      const app = await findApp(scene.services, scene.app.tenantId, scene.app.id)
      return secretState(app, 1)
    }
    expect(await state()).toBe('untried')
    await scene.connect()
    expect(await state()).toBe('in_use')
  })

  test('of an app from before secrets were marked as untried is in use', () => {
    const secret = { serial: 1 } as SealedClientSecret
    expect(secretState({ clientSecrets: [secret] } as unknown as App, 1)).toBe('in_use')
  })

  test('is removed once the new one was seen to work', async () => {
    const { services, states, remove, refresh } = await rotating()
    services.clickfunnels.registerClient('client-1', 'client-secret-1', 'client-secret-2')
    expect(await states()).toEqual([
      [2, 'untried'],
      [1, 'in_use'],
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
    expect(await states()).toEqual([[2, 'untried']])
  })

  test.each<[string, number, Pick<App, 'workingSecret' | 'untriedSecret'>]>([
    ['the untried one is still tried first', 2, { workingSecret: 1, untriedSecret: 3 }],
    ['a removed one is no longer the untried one', 3, { workingSecret: 1 }],
    ['a removed one is no longer the working one', 1, { untriedSecret: 3 }],
  ])('is removed from among several, and %s', async (_, serial, known) => {
    const { scene, services, states, remove } = await rotating()
    const { tenantId, id } = scene.app
    const read = await findApp(services, tenantId, id)
    const { untriedSecret: _untried, ...rest } = read
    const clientSecrets = [3, 2, 1].map((other) => ({
      ...(read.clientSecrets[0] as SealedClientSecret),
      serial: other,
    }))
    const several: App = { ...rest, clientSecrets, workingSecret: 1, untriedSecret: 3 }
    expect(await services.apps.replace(several, read)).toBe(true)
    const { workingSecret, untriedSecret } = await remove(serial, true)
    expect({ workingSecret, untriedSecret }).toEqual(known)
    const left = [3, 2, 1].filter((other) => other !== serial)
    expect((await states()).map(([other]) => other)).toEqual(left)
    expect(firstSerial(await findApp(services, tenantId, id))).toBe(
      known.untriedSecret ?? known.workingSecret,
    )
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
  test('is deleted when it is suspended, has no connection and no revocation', async () => {
    const { scene, services, connection } = await connectedScene()
    const { tenantId, id } = scene.app
    const remove = () => removeApp(services, tenantId, id)
    const inUse = { code: 'app_in_use' }
    await expect(remove()).rejects.toMatchObject(inUse)
    await switchApp(services, { tenantId, id }, 'suspended')
    await expect(remove()).rejects.toThrow(/has connections/)
    services.clickfunnels.script('revoke', 'failed')
    await disconnectNow(services, { tenantId, connectionId: connection.id }, 'operator')
    await expect(remove()).rejects.toThrow(/still being revoked/)
    for (const revocation of services.revocations.items.values())
      await services.revocations.remove(revocation)
    await remove()
    await expect(remove()).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is deleted however many connections and revocations the other apps of its tenant have', async () => {
    const scene = await openScene()
    const { services } = scene
    const { tenantId } = scene.app
    await scene.connectMany(25)
    const input = { name: 'Second', clientId: 'client-2', clientSecret: new Secret('x') }
    const second = await createApp(services, tenantId, input)
    await switchApp(services, second, 'suspended')
    const enqueue = (appId: AppId) =>
      services.revocations.enqueue(aRevocation(aConnection(tenantId, { appId })))
    for (let i = 0; i < 1000; i++) await enqueue(scene.app.id)
    await enqueue(second.id)
    const remove = () => removeApp(services, tenantId, second.id)
    await expect(remove()).rejects.toThrow(/still being revoked/)
    for (const revocation of services.revocations.items.values()) {
      if (revocation.appId === second.id) await services.revocations.remove(revocation)
    }
    await remove()
    await expect(findApp(services, tenantId, second.id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('is not deleted when it was resumed while its connections were looked for', async () => {
    const { services, app } = await openScene()
    const { tenantId, id } = app
    await switchApp(services, { tenantId, id }, 'suspended')
    const { revocations } = services
    const look = revocations.anyOfApp.bind(revocations)
    revocations.anyOfApp = async (...args) => {
      await switchApp(services, { tenantId, id }, 'active')
      return look(...args)
    }
    await expect(removeApp(services, tenantId, id)).rejects.toMatchObject({ code: 'app_in_use' })
    expect(await findApp(services, tenantId, id)).toEqual(app)
  })

  const MOMENTS: readonly [string, (services: FakeServices, remove: () => Promise<void>) => void][] = [
    [
      'while ClickFunnels is asked for tokens',
      ({ clickfunnels }, remove) =>
        clickfunnels.script('exchangeCode', async (work) => {
          const answer = await work()
          await remove()
          return answer
        }),
    ],
    [
      'between the last look at the tenant and the write of the connection',
      ({ vault }, remove) => {
        const sealer = vault.sealer.bind(vault)
        vault.sealer = async (tenant) => {
          vault.sealer = sealer
          await remove()
          return sealer(tenant)
        }
      },
    ],
  ]

  test.each(MOMENTS)('that is deleted %s takes no connection, and no token lives', async (_, removeAt) => {
    const scene = await openScene()
    const { services } = scene
    const { tenantId, id } = scene.app
    const journey = await scene.leave()
    await scene.comeBack(journey)
    removeAt(services, async () => {
      await switchApp(services, { tenantId, id }, 'suspended')
      await removeApp(services, tenantId, id)
    })
    await expect(scene.complete(journey)).rejects.toMatchObject({ code: 'app_suspended' })
    expect((await scene.session(journey)).state).toEqual({ status: 'failed', error: 'app_suspended' })
    expect(services.connections.items.size).toBe(0)
    expect(services.clickfunnels.tokens.rows).toHaveLength(1)
    expect(services.clickfunnels.tokens.live()).toEqual([])
    expect(services.revocations.items.size).toBe(0)
  })
})
