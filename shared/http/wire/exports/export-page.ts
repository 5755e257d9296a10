// The pages of an export on the wire.
import * as z from 'zod/mini'
import {
  countsOf,
  EXPORT_STATUSES,
  type ExportOrder,
  type ExportPage,
  MAX_EXPORTED,
} from '#domain/exports/export-page.ts'
import { toRfc3339 } from '#domain/time.ts'
import { id } from '../fields.ts'
import { shaped } from '../shaped.ts'

export const exportRequestSchema = z.pipe(
  z
    .object({
      limit: z.optional(z.int().check(z.minimum(1), z.maximum(MAX_EXPORTED))),
      after: z.optional(id('connection')),
      connection_ids: z.optional(z.array(id('connection')).check(z.minLength(1), z.maxLength(MAX_EXPORTED))),
    })
    .check(
      z.refine(
        ({ limit, after, connection_ids }) =>
          connection_ids === undefined || (limit === undefined && after === undefined),
        'must have either "connection_ids", or "limit" and "after"',
      ),
    ),
  z.transform(
    ({ limit = MAX_EXPORTED, after, connection_ids }): ExportOrder =>
      connection_ids ? { ids: [...new Set(connection_ids)] } : { limit, ...(after && { after }) },
  ),
)

export const exportPageSchema = z.object({
  thumbprint: z.string(),
  suspended_at: z.string(),
  items: z.array(
    z.object({
      connection_id: z.string(),
      status: z.enum(EXPORT_STATUSES),
      jwe: z.optional(z.string()),
      uncertain: z.optional(z.literal(true)),
    }),
  ),
  next: z.optional(z.string()),
})

export function exportPageJson({ thumbprint, suspendedAt, items, next }: ExportPage) {
  return shaped(exportPageSchema, {
    thumbprint,
    suspended_at: toRfc3339(suspendedAt),
    items: items.map(({ connectionId, status, jwe, uncertain }) => ({
      connection_id: connectionId,
      status,
      jwe,
      uncertain,
    })),
    next,
  })
}

/** For the audit trail: "key NzbLsXh8…, 48 exported, 2 busy". */
export function exportTally({ thumbprint, items }: ExportPage): string {
  const told = Object.entries(countsOf(items)).map(([status, count]) => `${count} ${status}`)
  return [`key ${thumbprint}`, ...told].join(', ')
}
