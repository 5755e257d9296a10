// The timeline in DynamoDB: a partition of its own for each tenant, because key rotation reads all items of the tenant's first
// one. Readers leave out an expired entry by its own time; the TTL only cleans up.
import type { ConnectionRef } from '#domain/connections/connection.ts'
import type { Timeline, TimelineEntry, WorkEntry } from '#domain/connections/timeline.ts'
import type { TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { Item } from '../expressions.ts'
import { PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from '../schema.ts'
import type { Table } from '../table.ts'
import { withoutKey } from '../tenant-items.ts'

export const timelinePartition = (tenant: TenantId) => `timeline#${tenant}` as const

/** Ids of all kinds sort by time behind their prefixes. */
const timePart = (id: string) => id.slice(id.indexOf('_') + 1)

export function timelineItem(entry: TimelineEntry): Item {
  const { tenantId, connectionId, id, expiresAt } = entry
  const key = { pk: timelinePartition(tenantId), sk: `${connectionId}#${timePart(id)}` }
  return { ...key, ...entry, [TTL_ATTRIBUTE]: expiresAt }
}

export class DynamoDbTimeline implements Timeline {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async add(entry: WorkEntry): Promise<void> {
    await this.#table.put(timelineItem(entry))
  }

  async newest(
    { tenantId, connectionId }: ConnectionRef,
    limit: number,
    now: EpochSeconds,
  ): Promise<readonly TimelineEntry[]> {
    const { items } = await this.#table.query({
      partition: [PARTITION_KEY, timelinePartition(tenantId)],
      sort: {
        attribute: SORT_KEY,
        expression: 'begins_with(#sort, :prefix)',
        values: { ':prefix': `${connectionId}#` },
      },
      newestFirst: true,
      limit,
    })
    return items.map((item) => withoutKey<TimelineEntry>(item)).filter(({ expiresAt }) => expiresAt > now)
  }
}
