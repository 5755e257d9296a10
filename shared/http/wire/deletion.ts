// What cannot be undone, on the wire: mass revocation and the deletion of a tenant.
import * as z from 'zod/mini'
import type { ConnectionFilter } from '#domain/connections/connection-store.ts'
import type { MassRevocation } from '#domain/operator/mass-revocation.ts'
import type { DeletionReport } from '#domain/operator/tenant-deletion.ts'
import { endUserId, id } from './fields.ts'

/** Whose connections: an empty body must not revoke everything. */
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
        'must say whose connections: either "all": true, or "app_id", "end_user_id" or both',
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

export function revocationJson({ report, next }: MassRevocation) {
  return { ...report, ...(next && { next_cursor: next }) }
}

export const deletionSchema = z.object({ confirm: z.string(), revoke: z._default(z.boolean(), true) })

export function deletionJson({ stage, ...counts }: DeletionReport) {
  return { status: stage === 'deleted' ? 'deleted' : 'deleting', stage, ...counts }
}
