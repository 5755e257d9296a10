// Auditing needs the store of events, and the trail that writes them.
import type { AuditEvents } from './event.ts'
import type { AuditTrail } from './trail.ts'

export interface AuditPorts {
  readonly auditEvents: AuditEvents
  readonly audit: AuditTrail
}
