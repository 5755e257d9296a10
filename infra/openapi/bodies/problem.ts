// Problem documents (RFC 9457).
import * as z from 'zod/mini'
import { ERROR_CODES } from '#domain/errors.ts'
import type { Bodies } from './body.ts'

const text = z.string()

const problem = z.object({
  type: text,
  title: text,
  status: z.int(),
  code: z.enum(ERROR_CODES),
  detail: text,
  errors: z.optional(
    z.array(z.object({ pointer: z.optional(text), parameter: z.optional(text), detail: text })),
  ),
  connection_id: z.optional(text),
  app_id: z.optional(text),
  reason: z.optional(text),
  session_status: z.optional(text),
  upstream_status: z.optional(z.int()),
  limit: z.optional(z.union([text, z.int()])),
  size: z.optional(z.int()),
  scope: z.optional(text),
})

export const problems = {
  schemas: {
    Problem: problem,
  },
  examples: {},
  fields: {
    type: { description: 'URL of a page that explains the code and what to do about it.', format: 'uri' },
    title: { description: 'Short text for the code. It is the same for every problem with this code.' },
    'Problem.status': { description: 'HTTP status of the answer.' },
    code: { description: 'What went wrong. Codes are stable: let programs decide by them.' },
    detail: { description: 'What went wrong with this request, for people. The text may change.' },
    errors: {
      description: 'With `validation_failed`: every field and parameter that is missing or not valid.',
    },
    pointer: {
      description: 'The field of the body, as a JSON pointer (RFC 6901) such as `#/end_user/id`.',
    },
    parameter: { description: 'Name of the query parameter or header.' },
    'errors.detail': { description: 'What is wrong with it, for people. The text may change.' },
    'Problem.connection_id': {
      description:
        'Id of the connection that the problem is about. With `reauthorization_required`, the one to reconnect.',
    },
    'Problem.app_id': { description: 'Id of the app that the problem is about.' },
    'Problem.limit': {
      description:
        'With `tenant_limit_exceeded` and `end_user_limit_exceeded`: the name of the limit. With `request_too_large` and `upstream_response_too_large`: the maximum in bytes.',
    },
    size: {
      description:
        'With `request_too_large` and `upstream_response_too_large`: the size in bytes, if it is known.',
    },
    scope: { description: 'With `insufficient_scope`: the scope that the credential lacks.' },
    reason: {
      description:
        'With `reauthorization_required`: how the service found out. The same as `status_reason` of the connection.',
    },
    upstream_status: {
      description:
        "With `idempotency_answer_not_kept`: the HTTP status of ClickFunnels' answer, if it is known.",
    },
    session_status: {
      description: 'With `session_not_completable`: the current status of the connect session.',
    },
  },
} satisfies Bodies
