// The keys of events: in the outbox, which is among the tenant's items, and in the log, which is a partition of its own, because
// it takes the writes of every event. The access patterns are in schema.ts.
import type { TenantId } from '#domain/ids.ts'
import { inTenant, type Key } from '../schema.ts'

/** So that positions and numbers of events sort as numbers. */
const DIGITS = 12
export const padded = (value: number) => String(value).padStart(DIGITS, '0')

/** The events about one thing sort by their numbers. @param subject the id of what the event is about */
export const outboxKey = (tenant: TenantId, subject: string, sequence: number): Key =>
  inTenant(tenant, `outbox#${subject}#${padded(sequence)}`)
/** Each takes a thousand writes a second, and an event makes two. The sweep reads all of them. */
export const OUTBOX_PARTITIONS = 8
/** Events that wait are apart from connections and revocations, because another function looks for them. */
export const dueOutboxPartition = (partition: number): string => `due#outbox#${partition}`

export const eventLogPartition = (tenant: TenantId) => `events#${tenant}` as const
export const loggedEventKey = (tenant: TenantId, position: number): Key => ({
  pk: eventLogPartition(tenant),
  sk: padded(position),
})
/** Sorts after every position. */
export const lastPositionKey = (tenant: TenantId): Key => ({ pk: eventLogPartition(tenant), sk: 'last' })
/** The sort keys of the positions after one. */
export const positionsAfter = (position: number) => ({
  from: padded(position + 1),
  to: padded(10 ** DIGITS - 1),
})
