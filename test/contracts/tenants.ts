// What every implementation of Tenants and Apps has to do.
import { describe, expect, test } from 'vitest'
import { type EpochSeconds, later } from '#domain/time.ts'
import { anApp, aTenant, bytes, NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

export function tenantsContract(open: OpenStores): void {
  describe('tenants', () => {
    test('are given back as they were created', async () => {
      const { tenants } = open()
      const tenant = aTenant({ origins: ['https://saas.example.com'] })
      await tenants.create(tenant)
      expect(await tenants.get(tenant.id)).toEqual(tenant)
      expect(await tenants.get(newId('tenant'))).toBeUndefined()
    })

    test('change in the given members, and in nothing else', async () => {
      const { tenants } = open()
      const tenant = aTenant()
      await tenants.create(tenant)
      const updatedAt = later(NOW, 5)
      const changed = await tenants.update(tenant.id, { endUsersMayConfirm: true, returnUrls: [] }, updatedAt)
      expect(changed).toEqual({ ...tenant, endUsersMayConfirm: true, returnUrls: [], updatedAt })
      expect(await tenants.get(tenant.id)).toEqual(changed)
      expect(await tenants.update(tenant.id, {}, updatedAt)).toEqual(changed)
    })

    test('know since when they are suspended: from the first suspension until they are resumed', async () => {
      const { tenants } = open()
      const tenant = aTenant()
      await tenants.create(tenant)
      const [first, second, third] = [later(NOW, 5), later(NOW, 9), later(NOW, 14)]
      const suspended = await tenants.update(tenant.id, { status: 'suspended' }, first)
      expect(suspended).toEqual({ ...tenant, status: 'suspended', suspendedAt: first, updatedAt: first })
      expect(await tenants.get(tenant.id)).toEqual(suspended)
      const again = await tenants.update(tenant.id, { status: 'suspended', name: 'Other' }, second)
      expect(again).toMatchObject({ name: 'Other', suspendedAt: first, updatedAt: second })
      expect(await tenants.update(tenant.id, { name: tenant.name }, second)).toMatchObject({
        suspendedAt: first,
      })
      const resumed = await tenants.update(tenant.id, { status: 'active' }, second)
      expect(resumed).toEqual({ ...tenant, updatedAt: second })
      expect(await tenants.update(tenant.id, { status: 'active' }, second)).toEqual(resumed)
      expect(await tenants.update(tenant.id, { status: 'suspended' }, third)).toMatchObject({
        suspendedAt: third,
      })
    })

    test('are not created by a change', async () => {
      const { tenants } = open()
      const id = newId('tenant')
      expect(await tenants.update(id, { name: 'x' }, NOW)).toBeUndefined()
      expect(await tenants.get(id)).toBeUndefined()
    })

    test('ask processes to look before each call, unless they were deleted', async () => {
      const { tenants } = open()
      const tenant = aTenant()
      await tenants.create(tenant)
      await tenants.setLookUntil(tenant.id, later(NOW, 30))
      expect(await tenants.get(tenant.id)).toEqual({ ...tenant, lookUntil: later(NOW, 30) })
      const nowhere = newId('tenant')
      await tenants.setLookUntil(nowhere, NOW)
      expect(await tenants.get(nowhere)).toBeUndefined()
    })

    test('may bring a KMS key of their own, and take it back', async () => {
      const { tenants } = open()
      const kmsKeyArn = 'arn:aws:kms:us-east-1:111122223333:key/own'
      const tenant = aTenant({ kmsKeyArn })
      await tenants.create(tenant)
      expect(await tenants.get(tenant.id)).toEqual(tenant)
      const { kmsKeyArn: _, ...without } = tenant
      expect(await tenants.update(tenant.id, { kmsKeyArn: null }, NOW)).toEqual(without)
      expect(await tenants.update(tenant.id, { kmsKeyArn }, NOW)).toEqual(tenant)
    })

    test('may have a colour of their own, and give it up', async () => {
      const { tenants } = open()
      const tenant = aTenant({ branding: { color: '#c2185b', darkColor: '#ff80ab' } })
      await tenants.create(tenant)
      expect(await tenants.get(tenant.id)).toEqual(tenant)
      const { branding: _, ...without } = tenant
      expect(await tenants.update(tenant.id, { branding: null }, NOW)).toEqual(without)
      expect(await tenants.update(tenant.id, { branding: { color: '#00ff00' } }, NOW)).toMatchObject({
        branding: { color: '#00ff00' },
      })
    })

    test('are all listed in order, some at a time', async () => {
      const { tenants } = open()
      const ids = [aTenant(), aTenant(), aTenant()]
      for (const tenant of ids) await tenants.create(tenant)
      const [first, second, third] = ids.map(({ id }) => id)
      expect(await tenants.list(2, first)).toEqual([second, third])
      expect(await tenants.list(1, first)).toEqual([second])
      expect(await tenants.list(100, third)).toEqual([])
      expect(await tenants.list(1000)).toEqual(expect.arrayContaining([first, second, third]))
    })

    test('are listed newest first, some at a time', async () => {
      const { tenants } = open()
      const all = [aTenant(), aTenant(), aTenant()]
      for (const tenant of all) await tenants.create(tenant)
      const [oldest, middle, newest] = all.toSorted((one, other) => (one.id < other.id ? -1 : 1))
      expect(await tenants.newest(2, newest?.id)).toEqual([middle, oldest])
      expect(await tenants.newest(1, newest?.id)).toEqual([middle])
      const ids = (await tenants.newest(100)).map(({ id }) => id)
      expect(ids).toEqual(expect.arrayContaining(all.map(({ id }) => id)))
      expect(ids).toEqual(ids.toSorted().toReversed())
    })

    test('know which of their apps are suspended; of many writes after the same read, one succeeds', async () => {
      const { tenants } = open()
      const tenant = aTenant()
      const at = later(NOW, 5)
      const suspended = { [newId('app')]: at }
      expect(await tenants.setSuspendedApps(tenant, suspended, at)).toBe(false)
      await tenants.create(tenant)
      const notes = [1, 2, 3].map(() => tenants.setSuspendedApps(tenant, { [newId('app')]: at }, at))
      expect((await Promise.all(notes)).filter(Boolean)).toHaveLength(1)
      const noted = await tenants.get(tenant.id)
      if (noted === undefined) throw new Error('gone')
      expect(await tenants.setSuspendedApps(tenant, suspended, at)).toBe(false)
      expect(await tenants.setSuspendedApps(noted, suspended, at)).toBe(true)
      expect(await tenants.get(tenant.id)).toEqual({ ...tenant, suspendedApps: suspended, updatedAt: at })
    })

    test('are not overwritten by another of the same id', async () => {
      const { tenants } = open()
      const tenant = aTenant()
      await tenants.create(tenant)
      await tenants.create({ ...tenant, name: 'Usurper' })
      expect(await tenants.get(tenant.id)).toEqual(tenant)
    })
  })

  describe('apps', () => {
    test('are given back as they were created, seals included, to their own tenant', async () => {
      const { apps } = open()
      const app = anApp(newId('tenant'))
      await apps.create(app)
      expect(await apps.get(app.tenantId, app.id)).toEqual(app)
      expect(await apps.get(newId('tenant'), app.id)).toBeUndefined()
      expect(await apps.list(newId('tenant'))).toEqual([])
    })

    test('are listed by tenant, oldest first', async () => {
      const { apps } = open()
      const tenant = newId('tenant')
      const all = [anApp(tenant), anApp(tenant), anApp(tenant)]
      for (const app of all.toReversed()) await apps.create(app)
      await apps.create(anApp(newId('tenant')))
      expect((await apps.list(tenant)).map(({ id }) => id)).toEqual(all.map(({ id }) => id))
    })

    test('are replaced only as they were read: of many at once, one wins', async () => {
      const { apps } = open()
      const app = anApp(newId('tenant'))
      await apps.create(app)
      const changes = [1, 2, 3, 4].map((byte) => ({
        ...app,
        clientSecrets: [{ serial: 2, sealed: bytes(byte), createdAt: NOW }, ...app.clientSecrets],
      }))
      const replaced = await Promise.all(changes.map((change) => apps.replace(change, app)))
      expect(replaced.filter(Boolean)).toHaveLength(1)
      expect(await apps.get(app.tenantId, app.id)).toEqual(changes[replaced.indexOf(true)])
    })

    test('are replaced by the same write again: its first answer may be lost', async () => {
      const { apps } = open()
      const app = anApp(newId('tenant'))
      await apps.create(app)
      const secret = { serial: 2, sealed: bytes(5), createdAt: NOW }
      const next = { ...app, clientSecrets: [secret, ...app.clientSecrets], untriedSecret: 2 }
      expect([await apps.replace(next, app), await apps.replace(next, app)]).toEqual([true, true])
      expect(await apps.get(app.tenantId, app.id)).toEqual(next)
    })

    test('are not replaced when the time or a secret has moved, nor when they do not exist', async () => {
      const { apps } = open()
      const app = anApp(newId('tenant'))
      const next = { ...app, name: 'Next' }
      expect(await apps.replace(next, app)).toBe(false)
      await apps.create(app)
      expect(await apps.replace(next, { ...app, updatedAt: 1 as EpochSeconds })).toBe(false)
      expect(await apps.replace(next, { ...app, clientSecrets: [] })).toBe(false)
      expect(await apps.get(app.tenantId, app.id)).toEqual(app)
    })
  })

  describe("an app's health", () => {
    const trouble = { kind: 'provider_down', since: NOW, lastAt: NOW, times: 1 } as const

    test('is stored beside the settings of the operator, and removed again', async () => {
      const { apps } = open()
      const app = anApp(newId('tenant'))
      await apps.create(app)
      expect(await apps.setHealth(app, { trouble, workingSecret: 1 })).toBe(true)
      const troubled = { ...app, trouble, workingSecret: 1 }
      expect(await apps.get(app.tenantId, app.id)).toEqual(troubled)
      expect(await apps.setHealth(troubled, { trouble: undefined })).toBe(true)
      expect(await apps.get(app.tenantId, app.id)).toEqual({ ...app, workingSecret: 1 })
    })

    test('forgets which secret is untried when it learns which one works', async () => {
      const { apps } = open()
      const app = anApp(newId('tenant'), { untriedSecret: 2 })
      await apps.create(app)
      expect(await apps.setHealth(app, { trouble })).toBe(true)
      const troubled = { ...app, trouble }
      expect(await apps.get(app.tenantId, app.id)).toEqual(troubled)
      expect(await apps.setHealth(troubled, { trouble: undefined, workingSecret: 1 })).toBe(true)
      const { untriedSecret: _, ...rest } = app
      expect(await apps.get(app.tenantId, app.id)).toEqual({ ...rest, workingSecret: 1 })
    })

    test('is stored by one of many writes after the same read', async () => {
      const { apps } = open()
      const app = anApp(newId('tenant'))
      await apps.create(app)
      const notes = [1, 2, 3].map((times) => apps.setHealth(app, { trouble: { ...trouble, times } }))
      expect((await Promise.all(notes)).filter(Boolean)).toHaveLength(1)
    })

    test('is not stored if the secrets were changed in the meantime, nor for a deleted app', async () => {
      const { apps } = open()
      const app = anApp(newId('tenant'))
      expect(await apps.setHealth(app, { trouble })).toBe(false)
      await apps.create(app)
      const secret = { serial: 2, sealed: bytes(5), createdAt: NOW }
      await apps.replace({ ...app, clientSecrets: [secret] }, app)
      expect(await apps.setHealth(app, { trouble })).toBe(false)
    })

    test('that was stored after an app was read keeps the app from being replaced or removed by that read', async () => {
      const { tenants, apps } = open()
      for (const health of [{ trouble }, { trouble: undefined, workingSecret: 1 }]) {
        const app = anApp(newId('tenant'))
        await tenants.create(aTenant({ id: app.tenantId, suspendedApps: { [app.id]: NOW } }))
        await apps.create(app)
        await apps.setHealth(app, health)
        expect(await apps.replace({ ...app, name: 'Other' }, app)).toBe(false)
        expect(await apps.remove(app, NOW)).toBe(false)
        const noted = (await apps.get(app.tenantId, app.id)) as typeof app
        expect(await apps.replace({ ...noted, name: 'Other' }, noted)).toBe(true)
      }
    })
  })
}
