// What every implementation of IdentityProviders has to do.
import { describe, expect, test } from 'vitest'
import { later } from '#domain/time.ts'
import { anIdentityProvider, NOW, newId } from './samples.ts'
import type { OpenStores } from './stores.ts'

export function identityProvidersContract(open: OpenStores): void {
  describe('identity providers', () => {
    test('are given back as they were created, to their own tenant', async () => {
      const { identityProviders } = open()
      const provider = anIdentityProvider(newId('tenant'))
      expect(await identityProviders.create(provider)).toBe(true)
      expect(await identityProviders.get(provider.tenantId, provider.id)).toEqual(provider)
      expect(await identityProviders.get(newId('tenant'), provider.id)).toBeUndefined()
      expect(await identityProviders.list(provider.tenantId)).toEqual([provider])
      expect(await identityProviders.list(newId('tenant'))).toEqual([])
    })

    test('are found by issuer and audience, one for each audience that is registered', async () => {
      const { identityProviders } = open()
      const one = anIdentityProvider(newId('tenant'))
      const other = anIdentityProvider(newId('tenant'), {
        issuer: one.issuer,
        audience: 'https://other.example',
      })
      await identityProviders.create(one)
      await identityProviders.create(other)
      const { issuer } = one
      expect(await identityProviders.find(issuer, [one.audience, 'unknown'])).toEqual([one])
      const both = await identityProviders.find(issuer, [other.audience, one.audience])
      expect(both.map(({ id }) => id).toSorted()).toEqual([one.id, other.id])
      expect(await identityProviders.find(`${issuer}/`, [one.audience])).toEqual([])
    })

    test('do not share an issuer and audience: of many at once, one is stored', async () => {
      const { identityProviders } = open()
      const { issuer } = anIdentityProvider(newId('tenant'))
      const claims = [1, 2, 3].map(() => anIdentityProvider(newId('tenant'), { issuer }))
      const created = await Promise.all(claims.map((claim) => identityProviders.create(claim)))
      expect(created.filter(Boolean)).toHaveLength(1)
      const winner = claims[created.indexOf(true)]
      expect(await identityProviders.find(issuer, [winner?.audience ?? ''])).toEqual([winner])
    })

    test('cannot be confused by where issuer ends and audience begins', async () => {
      const { identityProviders } = open()
      const one = anIdentityProvider(newId('tenant'), { issuer: 'https://a.example/b#c', audience: 'd' })
      await identityProviders.create(one)
      expect(await identityProviders.find('https://a.example/b', ['c#d'])).toEqual([])
    })

    test('change in the given members, and are not created by a change', async () => {
      const { identityProviders } = open()
      const provider = anIdentityProvider(newId('tenant'))
      const { tenantId, id } = provider
      const change = { endUserClaim: 'user_id', algorithms: ['ES256'] } as const
      expect(await identityProviders.update(tenantId, id, change, NOW)).toBeUndefined()
      await identityProviders.create(provider)
      const changed = { ...provider, ...change, updatedAt: later(NOW, 5) }
      expect(await identityProviders.update(tenantId, id, change, later(NOW, 5))).toEqual(changed)
      expect(await identityProviders.find(provider.issuer, [provider.audience])).toEqual([changed])
      expect(await identityProviders.update(newId('tenant'), id, change, NOW)).toBeUndefined()
    })

    test('that are removed free their issuer and audience, once', async () => {
      const { identityProviders } = open()
      const provider = anIdentityProvider(newId('tenant'))
      await identityProviders.create(provider)
      expect(await identityProviders.remove(newId('tenant'), provider.id)).toBe(false)
      expect(await identityProviders.remove(provider.tenantId, provider.id)).toBe(true)
      expect(await identityProviders.remove(provider.tenantId, provider.id)).toBe(false)
      const { issuer, audience } = provider
      expect(await identityProviders.find(issuer, [audience])).toEqual([])
      expect(await identityProviders.create(anIdentityProvider(newId('tenant'), { issuer, audience }))).toBe(
        true,
      )
    })
  })
}
