// What every implementation has to do while a tenant is deleted: no way back, no item left, no other tenant changed.
import { describe, expect, test } from 'vitest'
import type { IdentityProvider } from '#domain/callers/identity-provider.ts'
import type { AppId } from '#domain/ids.ts'
import { later } from '#domain/time.ts'
import type { Sealed } from '#domain/vault/vault.ts'
import {
  aConnection,
  aLink,
  anApiKey,
  anApp,
  anIdentityProvider,
  aRevocation,
  aSession,
  aTenant,
  bytes,
  NOW,
  newId,
  refOf,
} from './samples.ts'
import type { OpenStores, Stores } from './stores.ts'

const AT = later(NOW, 60)

/** A tenant with one of everything. */
async function furnished(stores: Stores) {
  const { tenants, apps, apiKeys, identityProviders, sessions, connections, revocations } = stores
  const tenant = aTenant({ status: 'suspended', origins: ['https://saas.example.com'] })
  await tenants.create(tenant)
  const app = anApp(tenant.id)
  const key = anApiKey(tenant.id)
  const session = aSession(tenant.id)
  const connection = aConnection(tenant.id, { appId: app.id })
  const revocation = aRevocation(aConnection(tenant.id))
  await apps.create(app)
  await apiKeys.create(key)
  const provider = anIdentityProvider(tenant.id)
  await identityProviders.create(provider)
  await sessions.create(session, aLink(session))
  await connections.create(connection)
  await revocations.enqueue(revocation)
  return { tenant, app, key, provider, session, connection, revocation }
}

export function tenantDeletionContract(open: OpenStores): void {
  describe('a tenant that is deleted', () => {
    test('was suspended before, and is neither changed nor resumed from then on', async () => {
      const { tenants } = open()
      const active = aTenant()
      const tenant = aTenant({ status: 'suspended' })
      await tenants.create(active)
      await tenants.create(tenant)
      expect(await tenants.beginDeletion(active.id, AT)).toBe(false)
      expect(await tenants.beginDeletion(newId('tenant'), AT)).toBe(false)
      expect(await tenants.beginDeletion(tenant.id, AT)).toBe(true)
      expect(await tenants.beginDeletion(tenant.id, AT)).toBe(false)
      expect(await tenants.update(tenant.id, { status: 'active' }, AT)).toBeUndefined()
      expect(await tenants.get(tenant.id)).toEqual({ ...tenant, status: 'deleting', updatedAt: AT })
    })

    test('leaves a tombstone with its name, and is on no list any more', async () => {
      const { tenants } = open()
      const tenant = aTenant({ status: 'suspended', origins: ['https://saas.example.com'] })
      await tenants.create(tenant)
      await tenants.replaceWithTombstone(tenant, AT)
      expect(await tenants.get(tenant.id)).toEqual(tenant)
      await tenants.beginDeletion(tenant.id, AT)
      await tenants.replaceWithTombstone(tenant, AT)
      await tenants.replaceWithTombstone(tenant, later(AT, 9))
      const { id, name, createdAt } = tenant
      const times = { createdAt, updatedAt: AT, deletedAt: AT }
      const tombstone = { id, name, status: 'deleted', returnUrls: [], origins: [], ...times }
      expect(await tenants.get(tenant.id)).toEqual(tombstone)
      expect((await tenants.newest(1000)).map((listed) => listed.id)).not.toContain(id)
      expect(await tenants.list(1000)).not.toContain(id)
      expect(await tenants.update(id, { name: 'x' }, AT)).toBeUndefined()
    })

    test('takes nothing new from the moment when its deletion begins', async () => {
      const stores = open()
      const { tenant, key } = await furnished(stores)
      const { id } = tenant
      const attempts = (connection = aConnection(id)) => [
        stores.apps.create(anApp(id)),
        stores.apiKeys.create(anApiKey(id)),
        stores.apiKeys.succeed(key, anApiKey(id), AT),
        stores.identityProviders.create(anIdentityProvider(id)),
        stores.connections.create(connection),
      ]
      const all = (result: boolean) => Array(5).fill(result)
      expect(await Promise.all(attempts())).toEqual(all(true))
      await stores.tenants.beginDeletion(id, AT)
      const before = await stores.usage.connections(id)
      const refused = aConnection(id)
      expect(await Promise.all(attempts(refused))).toEqual(all(false))
      expect(await stores.connections.get(refOf(refused))).toBeUndefined()
      const { appId, workspace, endUser } = refused
      if (workspace.id === undefined) throw new Error('The sample names no workspace')
      const claim = stores.connections.findByWorkspace(id, appId, workspace.id, endUser.id)
      expect(await claim).toBeUndefined()
      expect(await stores.usage.connections(id)).toBe(before)
      await stores.tenants.replaceWithTombstone(tenant, AT)
      expect(await Promise.all(attempts())).toEqual(all(false))
    })

    test('is erased a part at a time, with the items that lead to it, and no other tenant is', async () => {
      const stores = open()
      const gone = await furnished(stores)
      const other = await furnished(stores)
      let erased = 0
      for (let count = 1; count > 0; erased += count) {
        count = await stores.tenantRemains.erase(gone.tenant.id, 2)
        expect(count).toBeLessThanOrEqual(3)
      }
      expect(erased).toBeGreaterThanOrEqual(5)
      const { tenants, apps, apiKeys, identityProviders, sessions, connections, revocations } = stores
      const found = ({ issuer, audience }: IdentityProvider) => identityProviders.find(issuer, [audience])
      expect(await tenants.get(gone.tenant.id)).toEqual(gone.tenant)
      expect(await apps.list(gone.tenant.id)).toEqual([])
      expect(await apiKeys.list(gone.tenant.id)).toEqual([])
      expect(await apiKeys.findByHash(gone.key.hash)).toBeUndefined()
      expect(await identityProviders.list(gone.tenant.id)).toEqual([])
      expect(await identityProviders.create({ ...gone.provider, id: newId('identityProvider') })).toBe(true)
      expect(await stores.usage.connections(gone.tenant.id)).toBe(0)
      expect(await sessions.get(gone.tenant.id, gone.session.id)).toBeUndefined()
      expect(await connections.get(refOf(gone.connection))).toBeUndefined()
      expect(await revocations.get(gone.tenant.id, gone.revocation.id)).toBeUndefined()

      expect(await apps.list(other.tenant.id)).toEqual([other.app])
      expect(await apiKeys.findByHash(other.key.hash)).toMatchObject({ id: other.key.id })
      expect(await found(other.provider)).toEqual([other.provider])
      expect(await sessions.get(other.tenant.id, other.session.id)).toEqual(other.session)
      expect(await connections.get(refOf(other.connection))).toEqual(other.connection)
      expect(await revocations.get(other.tenant.id, other.revocation.id)).toEqual(other.revocation)
    })
  })

  test('the revocations of a tenant are found, only its own and up to the limit', async () => {
    const { revocations } = open()
    const [tenant, other] = [newId('tenant'), newId('tenant')]
    const own = [aRevocation(aConnection(tenant)), aRevocation(aConnection(tenant))]
    for (const revocation of [...own, aRevocation(aConnection(other))]) await revocations.enqueue(revocation)
    expect(await revocations.ofTenant(tenant, 10)).toEqual(expect.arrayContaining(own))
    expect(await revocations.ofTenant(tenant, 10)).toHaveLength(2)
    expect(await revocations.ofTenant(tenant, 1)).toHaveLength(1)
  })

  describe('an app that is removed', () => {
    test('is as it was read, and suspended since then; and it is removed once', async () => {
      const { tenants, apps } = open()
      const app = anApp(newId('tenant'))
      const tenant = aTenant({ id: app.tenantId })
      await tenants.create(tenant)
      const suspended = { [app.id]: NOW }
      await tenants.setSuspendedApps(tenant, suspended, AT)
      expect(await apps.remove(app, NOW)).toBe(false)
      await apps.create(app)
      expect(await apps.remove({ ...app, clientSecrets: [] }, NOW)).toBe(false)
      await tenants.setSuspendedApps({ ...tenant, suspendedApps: suspended }, {}, AT)
      expect(await apps.remove(app, NOW)).toBe(false)
      const again = { [newId('app')]: NOW, [app.id]: AT }
      await tenants.setSuspendedApps({ ...tenant, suspendedApps: {} }, again, AT)
      expect(await apps.remove(app, NOW)).toBe(false)
      expect(await apps.get(app.tenantId, app.id)).toEqual(app)
      expect(await apps.remove(app, AT)).toBe(true)
      expect(await apps.get(app.tenantId, app.id)).toBeUndefined()
      expect(await apps.remove(app, AT)).toBe(false)
    })

    test('takes no connection from its suspension on; the others of its tenant do', async () => {
      const { tenants, connections, usage } = open()
      const tenant = aTenant()
      const [app, other] = [newId('app'), newId('app')]
      const create = (appId: AppId) => connections.create(aConnection(tenant.id, { appId }))
      await tenants.create(tenant)
      expect(await create(app)).toBe(true)
      await tenants.setSuspendedApps(tenant, { [app]: NOW }, AT)
      expect(await create(app)).toBe(false)
      expect(await create(other)).toBe(true)
      expect(await usage.connections(tenant.id)).toBe(2)
    })

    test('is found to have connections and revocations, however many others the tenant has', async () => {
      const { connections, revocations } = open()
      const [tenant, stranger] = [newId('tenant'), newId('tenant')]
      const [app, other] = [newId('app'), newId('app')]
      const large = new Uint8Array(390_000) as Sealed
      const fill = async (appId: AppId, accessToken: Sealed) => {
        const credential = { kind: 'non_expiring', accessToken } as const
        await connections.create(aConnection(tenant, { appId, credential }))
        await revocations.enqueue({ ...aRevocation(aConnection(tenant, { appId })), accessToken })
      }
      const found = (of: AppId, whose = tenant) =>
        Promise.all([connections.anyOfApp(whose, of), revocations.anyOfApp(whose, of)])
      // DynamoDB reads a megabyte in one call at most.
      for (let i = 0; i < 4; i++) await fill(other, large)
      expect(await found(app)).toEqual([false, false])
      await fill(app, bytes(1))
      expect(await found(app)).toEqual([true, true])
      expect(await found(app, stranger)).toEqual([false, false])
    })
  })
}
