// The audit trail, as the tenant reads it and as the operator does.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

const ORDER =
  'Newest first. A page may have fewer items than `limit`, or none, and still have a `next_cursor`: go on until there is none.'

export const AUDIT_OPERATIONS = {
  'GET /v1/audit-events': {
    id: 'listAuditEvents',
    summary: 'Read the audit trail',
    more: `Lists who did what to the tenant's resources, when, from where, and with which result. For API keys only. ${ORDER}`,
    query: 'AuditQuery',
    answers: { 200: { says: 'A page of events.', schema: 'AuditEventPage', example: 'AuditEventPage' } },
    problems: ['validation_failed'],
  },
  'GET /v1/tenants/{tenant_id}/audit-events': {
    id: 'listTenantAuditEvents',
    summary: "Read a tenant's audit trail",
    more: `Lists who did what to the tenant's resources. It names the IAM principals of the operator, and it also works for a tenant that was deleted. ${ORDER}`,
    query: 'AuditQuery',
    answers: { 200: { says: 'A page of events.', schema: 'AuditEventPage', example: 'AuditEventPage' } },
    problems: ['not_found', 'validation_failed'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
