// Audit events on the wire, and the query that lists them.
import * as z from 'zod/mini'
import { AUDIT_ACTIONS, type AuditEvent, type AuditFilter } from '#domain/audit/event.ts'
import type { AuditEventId } from '#domain/ids.ts'
import { toRfc3339 } from '#domain/time.ts'
import { id, text } from './fields.ts'
import { pageLimit } from './list-query.ts'

export const auditQuerySchema = z.pipe(
  z.object({
    action: z.optional(z.enum(AUDIT_ACTIONS)),
    resource_id: z.optional(text(64)),
    limit: pageLimit,
    cursor: z.optional(id('auditEvent')),
  }),
  z.transform(
    ({
      action,
      resource_id,
      limit,
      cursor,
    }): { filter: AuditFilter; limit: number; after?: AuditEventId } => ({
      filter: { ...(action && { action }), ...(resource_id && { resourceId: resource_id }) },
      limit,
      ...(cursor && { after: cursor }),
    }),
  ),
)

/** @param reader a tenant is told that the operator acted, not which person of it and from where */
export function auditEventJson(event: AuditEvent, reader: 'tenant' | 'operator') {
  const { actor, from } = event
  const veiled = reader === 'tenant' && actor.kind === 'operator'
  return {
    id: event.id,
    at: toRfc3339(event.at),
    action: event.action,
    actor: {
      type: actor.kind,
      ...(!veiled && { id: actor.id }),
      ...(actor.kind === 'end_user' && { identity_provider_id: actor.identityProviderId }),
    },
    resource: event.resource,
    result: event.result,
    ...(event.reason && { reason: event.reason }),
    ...(from &&
      !veiled && {
        source_ip: from.ip,
        ...(from.userAgent && { user_agent: from.userAgent }),
        request_id: from.requestId,
      }),
  }
}
