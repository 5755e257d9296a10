// Which item of an identity provider authentication trusts. Every function that writes to a tenant's partition can change the
// tenant's own item there; only the operator's functions can change the one under issuer and audience.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { identityProviderKey, issuerKey } from '#adapters/dynamodb/schema.ts'
import { anIdentityProvider, NOW, newId } from '../../contracts/samples.ts'
import { type Backend, openBackend } from '../backend.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})
afterAll(() => backend.close())

const EVIL = { jwksUri: 'https://evil.example/jwks', endUserClaim: 'any', algorithms: ['ES256'] }

async function registered() {
  const provider = anIdentityProvider(newId('tenant'), { endUserNamespace: 'tenant' })
  expect(await backend.stores.identityProviders.create(provider)).toBe(true)
  const { tenantId, id, issuer, audience } = provider
  return {
    provider,
    own: identityProviderKey(tenantId, id),
    trusted: issuerKey(issuer, audience),
    find: () => backend.stores.identityProviders.find(issuer, [audience]),
  }
}

test("a forged item of the tenant's partition changes no token's keys, claims or owner", async () => {
  const { table, stores } = backend
  const { provider, own, find } = await registered()
  await table.update(own, { set: { ...EVIL, endUserNamespace: 'identity_provider' } })
  expect(await find()).toEqual([provider])
  // Neither does one that was never registered.
  const planted = anIdentityProvider(provider.tenantId)
  await table.put({ ...identityProviderKey(planted.tenantId, planted.id), ...planted })
  expect(await stores.identityProviders.find(planted.issuer, [planted.audience])).toEqual([])
})

test("a forged item cannot change or free another tenant's issuer", async () => {
  const { table, stores } = backend
  const { provider, find } = await registered()
  const { issuer, audience } = provider
  const planted = anIdentityProvider(newId('tenant'), { issuer, audience, jwksUri: EVIL.jwksUri })
  const { tenantId, id } = planted
  await table.put({ ...identityProviderKey(tenantId, id), ...planted })
  const change = { jwksUri: EVIL.jwksUri }
  expect(await stores.identityProviders.update(tenantId, id, change, NOW)).toBeUndefined()
  expect(await stores.identityProviders.remove(tenantId, id)).toBe(false)
  expect(await find()).toEqual([provider])
})

test('an item from before, which only leads to the tenant, works, and a change completes it', async () => {
  const { table, stores, item } = { ...backend }
  const { provider, trusted, find } = await registered()
  const { tenantId, id } = provider
  const before = { ...trusted, tenantId, id }
  await table.put(before)
  expect(await find()).toEqual([provider])
  // Many at once: each change is in both items afterwards.
  const changes = [
    { endUserClaim: 'user_id' },
    { audienceClaim: 'azp' },
    { jwksUri: 'https://id.example/2' },
  ] as const
  await Promise.all(changes.map((change) => stores.identityProviders.update(tenantId, id, change, NOW)))
  const changed = { ...provider, ...Object.assign({}, ...changes), updatedAt: NOW }
  expect(await find()).toEqual([changed])
  expect(await item(trusted)).toEqual({ ...trusted, ...changed })
  expect(await stores.identityProviders.get(tenantId, id)).toEqual(changed)
  expect(await stores.identityProviders.remove(tenantId, id)).toBe(true)
  expect(await find()).toEqual([])
})

test('a change of one that was removed in the meantime brings nothing back', async () => {
  const { stores } = backend
  const { provider, find } = await registered()
  const { tenantId, id } = provider
  const [removed] = await Promise.all([
    stores.identityProviders.remove(tenantId, id),
    stores.identityProviders.update(tenantId, id, { jwksUri: EVIL.jwksUri }, NOW),
  ])
  expect(removed).toBe(true)
  expect(await find()).toEqual([])
  expect(await stores.identityProviders.get(tenantId, id)).toBeUndefined()
})
