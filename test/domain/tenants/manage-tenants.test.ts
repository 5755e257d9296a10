// What the operator does: tenants, apps whose client secrets overlap while they are rotated.
import { beforeEach, describe, expect, test } from 'vitest'
import type { App } from '#domain/apps/app.ts'
import { clientSecretOf } from '#domain/apps/client-secrets.ts'
import { createApp, findApp, updateApp } from '#domain/apps/manage-apps.ts'
import { Secret } from '#domain/secret.ts'
import { createTenant, findTenant, updateTenant } from '#domain/tenants/manage-tenants.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { readable } from '../../fakes/readable.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

const NOT_FOUND = { code: 'not_found' }
let services: FakeServices
let tenant: Tenant
let stranger: Tenant
let app: App

beforeEach(async () => {
  services = fakeServices()
  tenant = await createTenant(services, { name: 'Saas', returnUrls: [], origins: [] })
  stranger = await createTenant(services, { name: 'Stranger', returnUrls: [], origins: [] })
  const input = { name: 'Main', clientId: 'client-1', clientSecret: new Secret('secret-1') }
  app = await createApp(services, tenant.id, input)
})

const secretsOf = async () => {
  const stored = await findApp(services, tenant.id, app.id)
  const opened = stored.clientSecrets.map(({ serial, sealed }) =>
    services.vault.open(clientSecretOf(stored, serial), sealed),
  )
  return (await Promise.all(opened)).map((secret) => secret.reveal())
}
const rotate = (secret: string) =>
  updateApp(services, tenant.id, app.id, { clientSecret: new Secret(secret) })

describe('a tenant', () => {
  test('begins active and is changed in the members named', async () => {
    expect(tenant.status).toBe('active')
    services.clock.advance(60)
    const changed = await updateTenant(services, tenant.id, { status: 'suspended' })
    expect(changed).toEqual({
      ...tenant,
      status: 'suspended',
      suspendedAt: services.now(),
      updatedAt: tenant.createdAt + 60,
    })
    expect(await findTenant(services, tenant.id)).toEqual(changed)
    expect((await findTenant(services, stranger.id)).status).toBe('active')
  })

  test('that does not exist is found by nothing', async () => {
    const id = services.newId('tenant')
    const input = { name: 'Main', clientId: 'c', clientSecret: new Secret('s') }
    await expect(findTenant(services, id)).rejects.toMatchObject(NOT_FOUND)
    await expect(updateTenant(services, id, { name: 'x' })).rejects.toMatchObject(NOT_FOUND)
    await expect(createApp(services, id, input)).rejects.toMatchObject(NOT_FOUND)
  })
})

describe("an app's client secrets", () => {
  test('are stored sealed, and each is bound to its serial', async () => {
    const stored = await findApp(services, tenant.id, app.id)
    expect(readable(stored)).not.toContain('secret-1')
    const [first] = stored.clientSecrets
    if (first === undefined) throw new Error('no secret')
    await expect(services.vault.open(clientSecretOf(app, 2), first.sealed)).rejects.toThrow()
  })

  test('overlap: the newest comes first, the one before stays, older ones go', async () => {
    await rotate('secret-2')
    expect(await secretsOf()).toEqual(['secret-2', 'secret-1'])
    const { clientSecrets } = await rotate('secret-3')
    expect(await secretsOf()).toEqual(['secret-3', 'secret-2'])
    expect(clientSecrets.map(({ serial }) => serial)).toEqual([3, 2])
  })

  test('stay as they are when only the name changes', async () => {
    const renamed = await updateApp(services, tenant.id, app.id, { name: 'Renamed' })
    expect(renamed).toMatchObject({ name: 'Renamed', clientId: 'client-1' })
    expect(await secretsOf()).toEqual(['secret-1'])
  })

  test('that are changed at the same moment both arrive', async () => {
    await Promise.all([
      rotate('secret-a'),
      rotate('secret-b'),
      updateApp(services, tenant.id, app.id, { name: 'B' }),
    ])
    expect((await secretsOf()).toSorted()).toEqual(['secret-a', 'secret-b'])
    const { name, clientSecrets } = await findApp(services, tenant.id, app.id)
    expect([name, ...clientSecrets.map(({ serial }) => serial)]).toEqual(['B', 3, 2])
  })

  test('that never stop changing end the attempt instead of the service', async () => {
    services.apps.replace = async () => false
    await expect(rotate('secret-2')).rejects.toThrow(/kept changing/)
    expect(await secretsOf()).toEqual(['secret-1'])
  })
})

test("another tenant's app is not there", async () => {
  await expect(findApp(services, stranger.id, app.id)).rejects.toMatchObject(NOT_FOUND)
  await expect(updateApp(services, stranger.id, app.id, { name: 'x' })).rejects.toMatchObject(NOT_FOUND)
})
