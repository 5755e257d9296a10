// The audit trail in a map.
import type { AuditEvent, AuditEvents, AuditFilter, AuditPage } from '#domain/audit/event.ts'
import { entryOfAudit } from '#domain/connections/timeline.ts'
import type { AuditEventId, TenantId } from '#domain/ids.ts'
import type { EpochSeconds } from '#domain/time.ts'
import { FakeTimeline } from './timeline.ts'

export class FakeAuditEvents implements AuditEvents {
  readonly items = new Map<AuditEventId, AuditEvent>()

  readonly #timeline: FakeTimeline

  constructor(timeline = new FakeTimeline()) {
    this.#timeline = timeline
  }

  async append(event: AuditEvent): Promise<void> {
    this.#timeline.put(entryOfAudit(event))
    if (!this.items.has(event.id)) this.items.set(event.id, structuredClone(event))
  }

  async list(
    tenant: TenantId,
    { action, resourceId }: AuditFilter,
    limit: number,
    now: EpochSeconds,
    after?: AuditEventId,
  ): Promise<AuditPage> {
    const found = [...this.items.values()]
      .filter((event) => event.tenantId === tenant && event.expiresAt > now)
      .filter((event) => action === undefined || event.action === action)
      .filter((event) => resourceId === undefined || event.resource.id === resourceId)
      .filter(({ id }) => after === undefined || id < after)
      .toSorted((one, other) => (one.id < other.id ? 1 : -1))
    const items = structuredClone(found.slice(0, limit))
    const last = items.at(-1)
    return found.length > limit && last ? { items, next: last.id } : { items }
  }

  /** Actions with their results, oldest first. */
  story(): string[] {
    return [...this.items.values()].map(({ action, result }) =>
      result === 'ok' ? action : `${action}: ${result}`,
    )
  }
}
