// Identity providers in DynamoDB, two items each: one of the tenant's, and one that is found by issuer and audience.

import type {
  IdentityProvider,
  IdentityProviderChange,
  IdentityProviders,
} from '#domain/callers/identity-provider.ts'
import type { IdentityProviderId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { ABSENT } from './expressions.ts'
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
      { put: { ...issuerKey(issuer, audience), tenantId, id }, condition: ABSENT },
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
    const claims = await this.#table.getMany(audiences.map((audience) => issuerKey(issuer, audience)))
    const found = await Promise.all(
      claims.map((claim) => {
        const { tenantId, id } = withoutKey<Pick<IdentityProvider, 'tenantId' | 'id'>>(claim)
        return this.get(tenantId, id)
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
    const set = { ...change, updatedAt }
    const item = await this.#table.update(identityProviderKey(tenant, id), { set }, EXISTS)
    return item && withoutKey<IdentityProvider>(item)
  }

  async remove(tenant: TenantId, id: IdentityProviderId): Promise<boolean> {
    const provider = await this.get(tenant, id)
    if (provider === undefined) return false
    return this.#table.transact([
      { delete: identityProviderKey(tenant, id), condition: EXISTS },
      { delete: issuerKey(provider.issuer, provider.audience) },
    ])
  }
}
