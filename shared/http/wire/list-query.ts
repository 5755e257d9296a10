// The queries of lists: connections, tenants.
import * as z from 'zod/mini'
import type { ListQuery } from '#domain/connections/list-connections.ts'
import { STATUSES } from './connection.ts'
import { endUserId, id } from './fields.ts'
import { pageLimit } from './page-limit.ts'

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
