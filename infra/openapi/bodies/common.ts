// Bodies of no resource in particular, and members that many bodies have.
import * as z from 'zod/mini'
import { PAGE_LIMIT } from '#http/wire/page-limit.ts'
import { type Bodies, time } from './body.ts'

const text = z.string()

export const common = {
  schemas: {
    Health: z.object({ status: z.literal('ok') }),
    OpenApiDocument: z.looseObject({ openapi: text }),
  },
  examples: {
    Health: { status: 'ok' },
  },
  fields: {
    id: { description: 'Id. Opaque text; ids sort by the time of creation.' },
    data: { description: 'The items of this page.' },
    next_cursor: { description: 'Send it as `cursor` to get the next page. Absent on the last page.' },
    name: { description: 'A name for people.' },
    created_at: time('When it was created.'),
    updated_at: time('When it was last changed.'),
    limit: {
      description: `Maximum number of items on the page, ${PAGE_LIMIT.min} to ${PAGE_LIMIT.max}. Default: ${PAGE_LIMIT.default}.`,
      type: 'integer',
      minimum: PAGE_LIMIT.min,
      maximum: PAGE_LIMIT.max,
      default: PAGE_LIMIT.default,
      pattern: undefined,
    },
    cursor: { description: 'The `next_cursor` of the previous page. Default: the first page.' },
    openapi: { description: 'Version of the OpenAPI specification that the document follows.' },
    'Health.status': { description: 'Always `ok`.' },
  },
} satisfies Bodies
