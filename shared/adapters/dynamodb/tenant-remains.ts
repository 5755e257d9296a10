// Erases what a deleted tenant leaves: the items of its partitions, and the items elsewhere that lead to them. Two tombstones stay:
// that of the tenant and that of its keys. An item costs one write unit a KB, and one for each index it is in.

import type { TenantId } from '#domain/ids.ts'
import type { TenantRemains } from '#domain/operator/tenant-remains.ts'
import { timelinePartition } from './connections/timeline.ts'
import { eventLogPartition } from './events/keys.ts'
import type { Condition, Item } from './expressions.ts'
import {
  apiKeyHashKey,
  issuerKey,
  type Key,
  type OtherPartition,
  PARTITION_KEY,
  shreddedKey,
  type TenantItem,
  type TenantPartitions,
  tenantItemOf,
  tenantKey,
  usagePartition,
} from './schema.ts'
import type { Table } from './table.ts'
import { webhookPartition } from './webhooks/keys.ts'

/** How many items are deleted at the same time. */
const WIDTH = 25

/** Every partition: how its key is made where it is erased here, else what happens to its items. */
const PARTITIONS: Readonly<
  Record<keyof TenantPartitions | OtherPartition, string | ((tenant: TenantId) => string)>
> = {
  tenant: (tenant) => tenantKey(tenant).pk,
  usage: usagePartition,
  // After the outbox, from which the events come: once both were found empty, in this order, nothing can be added.
  events: eventLogPartition,
  timeline: timelinePartition,
  webhooks: webhookPartition,
  'api-key': 'deleted with the API key that it leads to',
  issuer: 'deleted with the identity provider that it leads to',
  'connect-link': 'expire after 30 minutes',
  'manage-link': 'expire after 30 minutes, and are kept a day longer',
  state: 'expire after 10 minutes',
  tenants: 'replaceWithTombstone() deletes the one of the tenant',
  audit: 'stay: the trail outlives the tenant, until its events expire',
  'root-keys': 'belong to the service',
  'key-rotation': 'belong to the service',
}

type Lead = readonly [Key, Condition?]
const nothing = () => []

/** What leads to an item of each kind from another partition. */
const LEADS: Readonly<Record<TenantItem, (item: Item) => readonly Lead[]>> = {
  tenant: nothing,
  logo: nothing,
  app: nothing,
  'api-key': ({ hash }) => [[apiKeyHashKey(String(hash))]],
  'identity-provider': ({ issuer, audience, tenantId }) => {
    // Another tenant may have claimed the same issuer and audience in the meantime. Its claim stays.
    const own = { expression: 'tenantId = :tenant', values: { ':tenant': tenantId } }
    return [[issuerKey(String(issuer), String(audience)), own]]
  },
  'export-key': nothing,
  'connect-session': nothing,
  connection: nothing,
  workspace: nothing,
  revocation: nothing,
  feed: nothing,
  'received-event': nothing,
  outbox: nothing,
  'idempotency-key': nothing,
  'tenant-key': nothing,
}

export class DynamoDbTenantRemains implements TenantRemains {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async erase(tenant: TenantId, limit: number): Promise<number> {
    const stays = new Set([tenantKey(tenant).sk, shreddedKey(tenant).sk])
    const found: Item[] = []
    for (const partition of Object.values(PARTITIONS)) {
      if (typeof partition !== 'function') continue
      for (let after: Item | undefined; found.length < limit; ) {
        const page = await this.#table.query({
          partition: [PARTITION_KEY, partition(tenant)],
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

  /** Deletes what leads to an item before the item: afterwards it could not be found any more. */
  async #eraseItem(item: Item): Promise<void> {
    const { pk, sk } = item
    const leads = LEADS[tenantItemOf(item)] ?? nothing
    for (const [key, condition] of leads(item)) await this.#table.delete(key, condition)
    await this.#table.delete({ pk, sk } as Key)
  }
}
