// Events need the outbox that changes write to, the log that tenants read, and the endpoints that are told.
import type { EventLog, Outbox } from './event-log.ts'
import type { Senders, Subscribers } from './subscribers.ts'

export interface EventPorts {
  readonly outbox: Outbox
  readonly eventLog: EventLog
  /** How long new events stay in the log. */
  readonly eventRetentionDays: number
  readonly subscribers: Subscribers
  readonly senders: Senders
}
