// The trail needs a store of audit events, and a recorder that adds the request to each.
import type { AuditEvents, AuditTrail } from './audit.ts'

export interface AuditPorts {
  readonly auditEvents: AuditEvents
  readonly audit: AuditTrail
}
