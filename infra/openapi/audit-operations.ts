// The audit trail, as the tenant reads it and as the operator does.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

export const AUDIT_OPERATIONS = {
  'GET /v1/audit-events': {
    id: 'listAuditEvents',
    summary: 'Read the audit trail',
    more: 'Newest first. A page may be shorter than `limit`, even empty, and still have a `next_cursor`.',
    query: 'AuditQuery',
    answers: { 200: { says: 'A page of it.', schema: 'AuditEventPage', example: 'AuditEventPage' } },
    problems: ['validation_failed'],
  },
  'GET /v1/tenants/{tenant_id}/audit-events': {
    id: 'listTenantAuditEvents',
    summary: "Read a tenant's audit trail",
    more: 'Newest first; also of a tenant that was deleted. Names the principals of the operator.',
    query: 'AuditQuery',
    answers: { 200: { says: 'A page of it.', schema: 'AuditEventPage', example: 'AuditEventPage' } },
    problems: ['not_found', 'validation_failed'],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
