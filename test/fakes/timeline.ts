// The timelines of connections in a list.
import type { ConnectionRef } from '#domain/connections/connection.ts'
import type { Timeline, TimelineEntry } from '#domain/connections/timeline.ts'
import type { EpochSeconds } from '#domain/time.ts'

export class FakeTimeline implements Timeline {
  /** By the ids of the entries. */
  readonly items = new Map<string, TimelineEntry>()

  async add(entry: TimelineEntry): Promise<void> {
    this.put(entry)
  }

  /** In the same step as what the entry is about. */
  put(entry: TimelineEntry | undefined): void {
    if (entry !== undefined && !this.items.has(entry.id)) this.items.set(entry.id, structuredClone(entry))
  }

  async newest(
    { tenantId, connectionId }: ConnectionRef,
    limit: number,
    now: EpochSeconds,
  ): Promise<readonly TimelineEntry[]> {
    const timeOf = ({ id }: TimelineEntry) => id.slice(id.indexOf('_'))
    const own = [...this.items.values()]
      .filter((entry) => entry.tenantId === tenantId && entry.connectionId === connectionId)
      .toSorted((one, other) => (timeOf(one) < timeOf(other) ? 1 : -1))
    return structuredClone(own.slice(0, limit).filter(({ expiresAt }) => expiresAt > now))
  }
}
