// How many items a page of a list has. In a file of its own, because the audit trail needs it and no connections.
import * as z from 'zod/mini'

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
