// Operations that cannot be undone, on the wire: mass revocation and the deletion of a tenant.
import * as z from 'zod/mini'
import type { ConnectionFilter } from '#domain/connections/connection-store.ts'
import type { TenantId } from '#domain/ids.ts'
import type { MassRevocation } from '#domain/operator/mass-revocation.ts'
import type { DeletionReport } from '#domain/operator/tenant-deletion.ts'
import { endUserId, id } from './fields.ts'
import { shaped } from './shaped.ts'

/** Which connections to revoke. An empty body must not revoke everything. */
export const revocationSchema = z.pipe(
  z
    .object({
      all: z.optional(z.literal(true)),
      app_id: z.optional(id('app')),
      end_user_id: z.optional(endUserId),
      cursor: z.optional(id('connection')),
    })
    .check(
      z.refine(
        ({ all, app_id, end_user_id }) =>
          (all === true) !== (app_id !== undefined || end_user_id !== undefined),
        'must name the connections: either "all": true, or "app_id", "end_user_id" or both',
      ),
    ),
  z.transform(({ app_id, end_user_id, cursor }) => {
    const filter: ConnectionFilter = {
      ...(app_id && { appId: app_id }),
      ...(end_user_id && { endUserId: end_user_id }),
    }
    return { filter, after: cursor }
  }),
)

const counts = { revoked: z.int(), owed: z.int(), failed: z.int() }

export const revocationReportSchema = z.object({
  processed: z.int(),
  ...counts,
  next_cursor: z.optional(z.string()),
})

export function revocationJson({ report, next }: MassRevocation) {
  return shaped(revocationReportSchema, { ...report, next_cursor: next })
}

export const deletionSchema = z.object({ confirm: z.string(), revoke: z._default(z.boolean(), true) })

export const deletionReportSchema = z.object({
  id: z.string(),
  status: z.enum(['deleting', 'deleted']),
  stage: z.enum(['revoking', 'erasing', 'deleted']),
  ...counts,
  erased: z.int(),
})

export function deletionJson(id: TenantId, report: DeletionReport) {
  const status = report.stage === 'deleted' ? 'deleted' : 'deleting'
  return shaped(deletionReportSchema, { id, status, ...report })
}
