// Parses what comes in with a schema. A 422 names each field that breaks a rule, and the rule.
import * as z from 'zod/mini'
import { type InvalidMember, validationFailed } from '#domain/errors.ts'
import { ruleOf } from './rules.ts'

z.config({ localeError: ruleOf })

/**
 * Parses the body of a request.
 * @throws ServiceError validation_failed, which names each field by its JSON pointer
 */
export function parseBody<T extends z.ZodMiniType>(schema: T, body: unknown): z.output<T> {
  return parse(schema, body, (path) => ({ pointer: `#${path.map((name) => `/${String(name)}`).join('')}` }))
}

/**
 * Parses query parameters.
 * @throws ServiceError validation_failed, which names each parameter
 */
export function parseQuery<T extends z.ZodMiniType>(schema: T, query: unknown): z.output<T> {
  return parse(schema, query, (path) => ({ parameter: path.join('.') }))
}

function parse<T extends z.ZodMiniType>(
  schema: T,
  input: unknown,
  name: (path: PropertyKey[]) => Omit<InvalidMember, 'detail'>,
): z.output<T> {
  const parsed = z.safeParse(schema, input)
  if (parsed.success) return parsed.data
  throw validationFailed(
    ...parsed.error.issues.map(({ path, message }) => ({ ...name(path), detail: message })),
  )
}
