// Identity providers in DynamoDB, two items each: one of the tenant's, and one that is found by issuer and audience. The second
// holds all that authentication trusts, because only the operator's functions may write to its partition (infra/permissions.ts).
// The first is for the operator's lists. A change of both is one transaction.

import type {
  IdentityProvider,
  IdentityProviderChange,
  IdentityProviders,
} from '#domain/callers/identity-provider.ts'
import type { IdentityProviderId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { ABSENT, type Condition } from './expressions.ts'
import { identityProviderKey, issuerKey, prefixOf } from './schema.ts'
import type { Table } from './table.ts'
import { allOfTenant, EXISTS, unlessDeleted, withoutKey } from './tenant-items.ts'

export class DynamoDbIdentityProviders implements IdentityProviders {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  create(provider: IdentityProvider): Promise<boolean> {
    const { tenantId, id, issuer, audience } = provider
    return this.#table.transact([
      { put: { ...identityProviderKey(tenantId, id), ...provider }, condition: ABSENT },
      { put: { ...issuerKey(issuer, audience), ...provider }, condition: ABSENT },
      unlessDeleted(tenantId),
    ])
  }

  async get(tenant: TenantId, id: IdentityProviderId): Promise<IdentityProvider | undefined> {
    const item = await this.#table.get(identityProviderKey(tenant, id))
    return item && withoutKey<IdentityProvider>(item)
  }

  async list(tenant: TenantId): Promise<readonly IdentityProvider[]> {
    const items = await allOfTenant(this.#table, tenant, prefixOf.identityProviders)
    return items.map((item) => withoutKey<IdentityProvider>(item))
  }

  async find(issuer: string, audiences: readonly string[]): Promise<readonly IdentityProvider[]> {
    // One call at half the price of consistent reads: an unknown caller may have invented the issuer and the audiences.
    const items = await this.#table.getMany(audiences.map((audience) => issuerKey(issuer, audience)))
    const found = await Promise.all(
      items.map((item) => {
        const provider = withoutKey<IdentityProvider>(item)
        // An item of before 2026-12 leads to the tenant's. The next change of the provider completes it.
        return provider.jwksUri === undefined ? this.get(provider.tenantId, provider.id) : provider
      }),
    )
    return found.filter((provider) => provider !== undefined)
  }

  async update(
    tenant: TenantId,
    id: IdentityProviderId,
    change: IdentityProviderChange,
    updatedAt: EpochSeconds,
  ): Promise<IdentityProvider | undefined> {
    const provider = await this.get(tenant, id)
    if (provider === undefined) return undefined
    const issuer = issuerKey(provider.issuer, provider.audience)
    const own = ownedBy(provider)
    // Of an item that is complete already, nothing is changed here.
    const incomplete = { ...own, expression: `${own.expression} AND attribute_not_exists(jwksUri)` }
    await this.#table.put({ ...issuer, ...provider }, incomplete)
    const set = { ...change, updatedAt }
    const changed = await this.#table.transact([
      { update: identityProviderKey(tenant, id), change: { set }, condition: EXISTS },
      { update: issuer, change: { set }, condition: own },
    ])
    return changed ? this.get(tenant, id) : undefined
  }

  async remove(tenant: TenantId, id: IdentityProviderId): Promise<boolean> {
    const provider = await this.get(tenant, id)
    if (provider === undefined) return false
    return this.#table.transact([
      { delete: identityProviderKey(tenant, id), condition: EXISTS },
      { delete: issuerKey(provider.issuer, provider.audience), condition: ownedBy(provider) },
    ])
  }
}

/** The tenant's item says which issuer it has. It cannot lead to that of another provider, even if it was forged. */
function ownedBy({ tenantId, id }: IdentityProvider): Condition {
  return { expression: 'tenantId = :tenant AND id = :id', values: { ':tenant': tenantId, ':id': id } }
}
