// Identity providers in a map, and a verifier that accepts the signature "good".
import type { Claims, TokenVerifier } from '#domain/callers/end-user-token.ts'
import type { IdentityProvider, IdentityProviders } from '#domain/callers/identity-provider.ts'
import type { IdentityProviderId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'

export class FakeIdentityProviders implements IdentityProviders {
  readonly #items = new Map<IdentityProviderId, IdentityProvider>()
  readonly #isDeleted: (tenant: TenantId) => boolean

  constructor(isDeleted: (tenant: TenantId) => boolean) {
    this.#isDeleted = isDeleted
  }

  async create(provider: IdentityProvider): Promise<boolean> {
    const { issuer, audience } = provider
    const taken = [...this.#items.values()].some((one) => one.issuer === issuer && one.audience === audience)
    if (taken || this.#isDeleted(provider.tenantId)) return false
    this.#items.set(provider.id, structuredClone(provider))
    return true
  }

  async get(tenant: TenantId, id: IdentityProviderId): Promise<IdentityProvider | undefined> {
    const found = this.#items.get(id)
    return found?.tenantId === tenant ? structuredClone(found) : undefined
  }

  async list(tenant: TenantId): Promise<readonly IdentityProvider[]> {
    const own = [...this.#items.values()].filter(({ tenantId }) => tenantId === tenant)
    return structuredClone(own.toSorted((one, other) => (one.id < other.id ? -1 : 1)))
  }

  /** How often a provider was looked up for a token. */
  finds = 0

  async find(issuer: string, audiences: readonly string[]): Promise<readonly IdentityProvider[]> {
    this.finds += 1
    const found = [...this.#items.values()].filter(
      (one) => one.issuer === issuer && audiences.includes(one.audience),
    )
    return structuredClone(found)
  }

  async update(
    tenant: TenantId,
    id: IdentityProviderId,
    change: Parameters<IdentityProviders['update']>[2],
    updatedAt: EpochSeconds,
  ): Promise<IdentityProvider | undefined> {
    const stored = await this.get(tenant, id)
    if (stored === undefined) return undefined
    this.#items.set(id, structuredClone({ ...stored, ...change, updatedAt }))
    return this.get(tenant, id)
  }

  async remove(tenant: TenantId, id: IdentityProviderId): Promise<boolean> {
    return (await this.get(tenant, id)) !== undefined && this.#items.delete(id)
  }
}

/** A token with these claims, and a signature that the fake accepts or does not. */
export function fakeToken(claims: Claims, signature = 'good'): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'ES256' })}.${part(claims)}.${signature}`
}

export class FakeTokenVerifier implements TokenVerifier {
  /** How often a signature was checked. */
  verified = 0

  async verify(token: string, _provider: IdentityProvider, now: EpochSeconds): Promise<Claims | undefined> {
    this.verified += 1
    const [, payload = '', signature] = token.split('.')
    const claims: Claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return signature === 'good' && Number(claims.exp) > now ? claims : undefined
  }
}
