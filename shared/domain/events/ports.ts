// Events need the outbox that changes write to, and the log that tenants read.
import type { EventLog, Outbox } from './event-log.ts'

export interface EventPorts {
  readonly outbox: Outbox
  readonly eventLog: EventLog
  /** How long new events stay in the log. */
  readonly eventRetentionDays: number
}
