// Audit events on the wire, and the query that lists them.
import * as z from 'zod/mini'
import { AUDIT_ACTIONS, type AuditEvent, type AuditFilter } from '#domain/audit/event.ts'
import type { AuditEventId } from '#domain/ids.ts'
import { toRfc3339 } from '#domain/time.ts'
import { id, text } from '../fields.ts'
import { pageLimit } from '../page-limit.ts'
import { shaped } from '../shaped.ts'

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

export const auditEventSchema = z.object({
  id: z.string(),
  at: z.string(),
  action: z.enum(AUDIT_ACTIONS),
  actor: z.object({
    type: z.enum(['api_key', 'end_user', 'operator', 'browser', 'service']),
    id: z.optional(z.string()),
    identity_provider_id: z.optional(z.string()),
  }),
  resource: z.object({
    type: z.enum([
      'tenant',
      'app',
      'api_key',
      'identity_provider',
      'connect_session',
      'manage_link',
      'connection',
      'webhook_endpoint',
    ]),
    id: z.optional(z.string()),
  }),
  result: z.string(),
  reason: z.optional(z.string()),
  source_ip: z.optional(z.string()),
  user_agent: z.optional(z.string()),
  request_id: z.optional(z.string()),
})

/** @param reader a tenant reads that the operator acted, but not which person and from where */
export function auditEventJson(event: AuditEvent, reader: 'tenant' | 'operator') {
  const { actor, resource } = event
  const isVeiled = reader === 'tenant' && actor.kind === 'operator'
  const from = isVeiled ? undefined : event.from
  return shaped(auditEventSchema, {
    id: event.id,
    at: toRfc3339(event.at),
    action: event.action,
    actor: {
      type: actor.kind,
      id: isVeiled ? undefined : actor.id,
      identity_provider_id: actor.kind === 'end_user' ? actor.identityProviderId : undefined,
    },
    resource: { type: resource.type, id: resource.id },
    result: event.result,
    reason: event.reason,
    source_ip: from?.ip,
    user_agent: from?.userAgent,
    request_id: from?.requestId,
  })
}
