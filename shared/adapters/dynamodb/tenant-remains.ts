// Erases what a deleted tenant leaves: every item of its partitions, and the items elsewhere that lead to them. The tenant's
// tombstone and that of its keys stay. An item costs one write unit a KB, and one for each index it is in.

import type { TenantId } from '#domain/ids.ts'
import type { TenantRemains } from '#domain/operator/tenant-remains.ts'
import type { Condition, Item } from './expressions.ts'
import {
  apiKeyHashKey,
  issuerKey,
  type Key,
  PARTITION_KEY,
  prefixOf,
  shreddedKey,
  tenantKey,
  usagePartition,
} from './schema.ts'
import type { Table } from './table.ts'

/** Deleted at once. */
const WIDTH = 25

export class DynamoDbTenantRemains implements TenantRemains {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async erase(tenant: TenantId, limit: number): Promise<number> {
    const stays = new Set([tenantKey(tenant).sk, shreddedKey(tenant).sk])
    const found: Item[] = []
    for (const pk of [tenantKey(tenant).pk, usagePartition(tenant)]) {
      for (let after: Item | undefined; found.length < limit; ) {
        const page = await this.#table.query({
          partition: [PARTITION_KEY, pk],
          limit: limit - found.length,
          ...(after && { after }),
        })
        found.push(...page.items.filter(({ sk }) => !stays.has(String(sk))))
        if (page.last === undefined) break
        after = page.last
      }
    }
    for (let from = 0; from < found.length; from += WIDTH) {
      await Promise.all(found.slice(from, from + WIDTH).map((item) => this.#eraseItem(item)))
    }
    return found.length
  }

  /** What leads to an item goes first: were it left behind, nobody would find it any more. */
  async #eraseItem(item: Item): Promise<void> {
    for (const [key, condition] of leadingTo(item)) await this.#table.delete(key, condition)
    await this.#table.delete({ pk: String(item.pk), sk: String(item.sk) })
  }
}

/** An issuer and audience that are free may be another tenant's by now: only this one's go. */
function leadingTo({ sk, hash, issuer, audience, tenantId }: Item): readonly [Key, Condition?][] {
  if (String(sk).startsWith(prefixOf.apiKeys)) return [[apiKeyHashKey(String(hash))]]
  if (String(sk).startsWith(prefixOf.identityProviders)) {
    const theirs = { expression: 'tenantId = :tenant', values: { ':tenant': tenantId } }
    return [[issuerKey(String(issuer), String(audience)), theirs]]
  }
  return []
}
