// The audit trail in DynamoDB: a partition of its own for each tenant. The functions' IAM policies let them put events there,
// but not change or delete them. A put is conditional, so it replaces no event; IAM has no condition that demands this. Readers leave out an expired event by its own time; the TTL only cleans up.
import type { AuditEvent, AuditEvents, AuditFilter, AuditPage } from '#domain/audit/event.ts'
import { entryOfAudit } from '#domain/connections/timeline.ts'
import type { AuditEventId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { timelineItem } from './connections/timeline.ts'
import { ABSENT } from './expressions.ts'
import { auditEventKey, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from './schema.ts'
import type { Table } from './table.ts'
import { withoutKey } from './tenant-items.ts'

/** A filter that matches little must not read a tenant's whole trail in one request. */
const MAX_PAGES = 10
const MIN_PAGE = 100

export class DynamoDbAuditEvents implements AuditEvents {
  readonly #table: Table

  constructor(table: Table) {
    this.#table = table
  }

  async append(event: AuditEvent): Promise<void> {
    const key = auditEventKey(event.tenantId, event.id)
    const entry = entryOfAudit(event)
    await Promise.all([
      this.#table.put({ ...key, ...event, [TTL_ATTRIBUTE]: event.expiresAt }, ABSENT),
      entry && this.#table.put(timelineItem(entry), ABSENT),
    ])
  }

  async list(
    tenant: TenantId,
    filter: AuditFilter,
    limit: number,
    now: EpochSeconds,
    after?: AuditEventId,
  ): Promise<AuditPage> {
    const found: AuditEvent[] = []
    const filtered = filter.action !== undefined || filter.resourceId !== undefined
    let from = after
    let more = true
    for (let pages = 0; more && found.length <= limit && pages < MAX_PAGES; pages++) {
      const { items, last } = await this.#table.query({
        partition: [PARTITION_KEY, auditEventKey(tenant, '' as AuditEventId).pk],
        newestFirst: true,
        limit: filtered ? Math.max(limit + 1, MIN_PAGE) : limit + 1,
        ...(from && {
          sort: { attribute: SORT_KEY, expression: '#sort < :after', values: { ':after': from } },
        }),
      })
      found.push(
        ...items
          .map((item) => withoutKey<AuditEvent>(item))
          .filter((event) => event.expiresAt > now && matches(event, filter)),
      )
      more = last !== undefined
      from = (items.at(-1)?.sk as AuditEventId | undefined) ?? from
    }
    if (found.length <= limit) return more && from ? { items: found, next: from } : { items: found }
    const items = found.slice(0, limit)
    const last = items.at(-1)
    return last ? { items, next: last.id } : { items }
  }
}

function matches({ action, resource }: AuditEvent, filter: AuditFilter): boolean {
  return (
    (filter.action === undefined || action === filter.action) &&
    (filter.resourceId === undefined || resource.id === filter.resourceId)
  )
}
