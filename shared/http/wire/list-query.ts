// The queries of lists: connections, tenants.
import * as z from 'zod/mini'
import type { ListQuery } from '#domain/connections/list-connections.ts'
import { STATUSES } from './connection.ts'
import { endUserId, id } from './fields.ts'

export const PAGE_LIMIT = { default: 20, min: 1, max: 100 } as const

/** The maximum number of items on a page. */
export const pageLimit = z._default(
  z.pipe(
    z.pipe(
      z
        .string()
        .check(z.regex(/^\d{1,3}$/, `must be a whole number from ${PAGE_LIMIT.min} to ${PAGE_LIMIT.max}`)),
      z.transform(Number),
    ),
    z.number().check(z.minimum(PAGE_LIMIT.min), z.maximum(PAGE_LIMIT.max)),
  ),
  PAGE_LIMIT.default,
)

export const listQuerySchema = z.pipe(
  z.object({
    end_user_id: z.optional(endUserId),
    app_id: z.optional(id('app')),
    status: z.optional(z.enum(STATUSES)),
    limit: pageLimit,
    cursor: z.optional(id('connection')),
  }),
  z.transform(
    ({ end_user_id, app_id, status, limit, cursor }): ListQuery => ({
      filter: {
        ...(end_user_id && { endUserId: end_user_id }),
        ...(app_id && { appId: app_id }),
        ...(status && { status }),
      },
      limit,
      ...(cursor && { after: cursor }),
    }),
  ),
)

export const tenantListSchema = z.pipe(
  z.object({ limit: pageLimit, cursor: z.optional(id('tenant')) }),
  z.transform(({ limit, cursor }) => ({ limit, after: cursor })),
)
