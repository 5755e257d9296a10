// End users' JWTs: whose they are, and for how long a result is kept.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  registerIdentityProvider,
  removeIdentityProvider,
  updateIdentityProvider,
} from '#domain/callers/manage-identity-providers.ts'
import { createTenant, updateTenant } from '#domain/tenants/manage-tenants.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { later } from '#domain/time.ts'
import { type Authenticate, authentication } from '#http/credentials/authenticate.ts'
import { anIdentityProvider, newId } from '../../contracts/samples.ts'
import { FakeTokenVerifier, fakeToken } from '../../fakes/identity-providers.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

const INVALID = { code: 'invalid_credential' }
let services: FakeServices
let verifier: FakeTokenVerifier
let authenticate: Authenticate
let tenant: Tenant
let provider: ReturnType<typeof anIdentityProvider>

beforeEach(async () => {
  // The caches use the monotonic clock.
  vi.useFakeTimers({ toFake: ['performance'] })
  verifier = new FakeTokenVerifier()
  services = fakeServices({ tokenVerifier: verifier })
  tenant = await createTenant(services, { name: 'Saas', returnUrls: [], origins: [] })
  provider = anIdentityProvider(tenant.id)
  await services.identityProviders.create(provider)
  authenticate = authentication(services).authenticate
})
afterEach(() => {
  vi.useRealTimers()
})

const claims = (change: object = {}) => ({
  iss: provider.issuer,
  aud: provider.audience,
  sub: 'alice',
  exp: later(services.now(), 3600),
  ...change,
})
const bearer = (token: string) => authenticate(`Bearer ${token}`)
const pass = (seconds: number) => {
  vi.advanceTimersByTime(seconds * 1000)
  services.clock.advance(seconds)
}

test('a JWT gives its tenant and end user, named as the provider names it', async () => {
  const caller = await bearer(fakeToken(claims({ name: 'Alice' })))
  expect(caller.tenant.id).toBe(tenant.id)
  expect(caller.actor).toEqual({
    kind: 'end_user',
    id: 'alice',
    displayName: 'Alice',
    identityProviderId: provider.id,
  })
})

test.each([
  ['another issuer', { iss: 'https://other.example' }],
  ['another audience', { aud: 'https://other.example' }],
  ['no audience', { aud: undefined }],
  [
    'more audiences than anybody needs',
    {
      aud: [
        anIdentityProvider(newId('tenant')).audience,
        ...Array.from({ length: 10 }, (_, i) => `https://${i}.example`),
      ],
    },
  ],
  ['no end user', { sub: undefined }],
  ['an end user without a name', { sub: '' }],
  ['half a character', { sub: '\ud800' }],
  ['an end user too long to be stored', { sub: 'x'.repeat(257) }],
  ['a list of end users', { sub: ['alice'] }],
])('a JWT with %s is refused', async (_, change) => {
  await expect(bearer(fakeToken(claims(change)))).rejects.toMatchObject(INVALID)
})

test('a JWT is refused with a bad signature or beyond 8 KB; the refusal names the tenant if it is known', async () => {
  const bad = bearer(fakeToken(claims(), 'bad'))
  await expect(bad).rejects.toMatchObject({ ...INVALID, tenant: { id: tenant.id } })
  await expect(bearer(fakeToken(claims({ padding: 'x'.repeat(8192) })))).rejects.toMatchObject(INVALID)
})

test('a JWT that could act for two tenants acts for none', async () => {
  const { issuer } = provider
  await services.identityProviders.create(
    anIdentityProvider(services.newId('tenant'), { issuer, audience: 'https://second.example' }),
  )
  const aud = [provider.audience, 'https://second.example']
  await expect(bearer(fakeToken(claims({ aud })))).rejects.toMatchObject(INVALID)
})

test('a token that names several audiences is for the one in the claim of its registration', async () => {
  const { issuer } = provider
  // As at Auth0: access tokens name the API in "aud" and the client in "azp", ID tokens the client in "aud".
  await services.identityProviders.create(anIdentityProvider(tenant.id, { issuer, audience: 'client-1' }))
  const access = claims({ aud: [provider.audience, `${issuer}/userinfo`], azp: 'client-1' })
  expect((await bearer(fakeToken(access))).actor).toMatchObject({ identityProviderId: provider.id })
  const swapped = claims({ aud: 'client-1', azp: provider.audience })
  expect((await bearer(fakeToken(swapped))).actor).not.toMatchObject({ identityProviderId: provider.id })
})

test('another claim can name the end user, by a number too', async () => {
  await services.identityProviders.update(tenant.id, provider.id, { endUserClaim: 'user_id' }, services.now())
  expect((await bearer(fakeToken(claims({ user_id: 42 })))).actor.id).toBe('42')
})

describe('a result', () => {
  test('about a token is kept for a minute: its signature is verified once', async () => {
    const token = fakeToken(claims())
    await Promise.all([bearer(token), bearer(token)])
    pass(59)
    await bearer(token)
    expect(verifier.verified).toBe(1)
    pass(1)
    await bearer(token)
    expect(verifier.verified).toBe(2)
  })

  test('about a token never outlives it', async () => {
    const token = fakeToken(claims({ exp: later(services.now(), 30) }))
    await bearer(token)
    pass(29)
    await bearer(token)
    pass(1)
    await expect(bearer(token)).rejects.toMatchObject(INVALID)
  })

  test('lets a suspended tenant go on for a minute and no longer, even with new tokens', async () => {
    await bearer(fakeToken(claims()))
    await updateTenant(services, tenant.id, { status: 'suspended' })
    pass(59)
    await bearer(fakeToken(claims({ jti: 'new' })))
    pass(1)
    await expect(bearer(fakeToken(claims({ jti: 'new' })))).rejects.toMatchObject({
      code: 'tenant_suspended',
    })
  })

  test('about a changed or removed registration is kept for a minute and no longer', async () => {
    const token = fakeToken(claims({ user_id: 'other' }))
    await bearer(token)
    pass(30)
    await updateIdentityProvider(services, tenant.id, provider.id, { endUserClaim: 'user_id' })
    pass(30)
    expect((await bearer(token)).actor.id).toBe('other')
    await removeIdentityProvider(services, tenant.id, provider.id)
    pass(60)
    await expect(bearer(token)).rejects.toMatchObject(INVALID)
  })

  test('about a token of no tenant is kept for five seconds: one call, and a new registration works soon', async () => {
    const aud = Array.from({ length: 10 }, (_, i) => `https://${i}.example`)
    const token = fakeToken(claims({ aud }))
    for (let i = 0; i < 5; i++) await expect(bearer(token)).rejects.toMatchObject(INVALID)
    expect(services.identityProviders.finds).toBe(1)
    const { issuer } = provider
    await services.identityProviders.create(anIdentityProvider(tenant.id, { issuer, audience: aud[9] ?? '' }))
    pass(4)
    await expect(bearer(token)).rejects.toMatchObject(INVALID)
    pass(1)
    expect((await bearer(token)).actor.id).toBe('alice')
    expect(services.identityProviders.finds).toBe(2)
  })

  test('about a known token is not pushed out by any number of invented ones', async () => {
    const token = fakeToken(claims())
    const other = fakeToken(claims({ iss: 'https://other.example' }))
    await services.identityProviders.create(
      anIdentityProvider(tenant.id, { issuer: 'https://other.example', audience: provider.audience }),
    )
    await bearer(token)
    await bearer(other)
    for (let i = 0; i < 1001; i++)
      await expect(bearer(fakeToken(claims({ aud: `${i}` })))).rejects.toMatchObject(INVALID)
    const before = services.identityProviders.finds
    await bearer(token)
    await bearer(other)
    expect(services.identityProviders.finds).toBe(before)
  })
})

test('the same "sub" of two providers is two end users, unless the operator joins them', async () => {
  const second = await registerIdentityProvider(services, tenant.id, {
    issuer: 'https://second.example/',
    audience: 'second',
    audienceClaim: 'aud',
    algorithms: ['ES256'],
    endUserClaim: 'sub',
  })
  expect(second.endUserNamespace).toBe('identity_provider')
  const there = { iss: second.issuer, aud: second.audience }
  const idOf = async (token: string) => (await bearer(token)).actor.id
  expect(await idOf(fakeToken(claims()))).toBe('alice')
  expect(await idOf(fakeToken(claims(there)))).toBe(`${second.id}:alice`)
  await expect(bearer(fakeToken(claims({ sub: `${second.id}:alice` })))).rejects.toMatchObject(INVALID)
  await updateIdentityProvider(services, tenant.id, second.id, { endUserNamespace: 'tenant' })
  pass(61)
  expect(await idOf(fakeToken(claims(there)))).toBe('alice')
})

test('of two providers that are registered at once none takes the ids of the tenant by mistake', async () => {
  const { id } = await createTenant(services, { name: 'Other', returnUrls: [], origins: [] })
  const register = (audience: string) =>
    registerIdentityProvider(services, id, {
      issuer: 'https://at-once.example/',
      audience,
      audienceClaim: 'aud',
      algorithms: ['ES256'],
      endUserClaim: 'sub',
    })
  const both = await Promise.all([register('one'), register('two')])
  expect(both.map(({ endUserNamespace }) => endUserNamespace)).not.toEqual(['tenant', 'tenant'])
  const alone = await createTenant(services, { name: 'Alone', returnUrls: [], origins: [] })
  const input = { issuer: 'https://alone.example/', audience: 'x', audienceClaim: 'aud' } as const
  const first = await registerIdentityProvider(services, alone.id, {
    ...input,
    algorithms: ['ES256'],
    endUserClaim: 'sub',
  })
  expect(first.endUserNamespace).toBe('tenant')
})

test('audiences that are invented beside a known one push no known registration out', async () => {
  await bearer(fakeToken(claims()))
  let reads = 0
  const { find } = services.identityProviders
  services.identityProviders.find = async (...asked) => {
    if (asked[1].includes(provider.audience)) reads += 1
    return find.apply(services.identityProviders, asked)
  }
  for (let i = 0; i < 1100; i++) {
    const aud = [provider.audience, `https://${i}.invented.example`]
    await bearer(fakeToken(claims({ aud }), 'bad')).catch(() => {})
  }
  expect(reads).toBe(0)
})
