// Parses what comes in with a schema, and says in a 422 which member breaks which rule.
import * as z from 'zod/mini'
import en from 'zod/v4/locales/en.js'
import { type InvalidMember, validationFailed } from '#domain/errors.ts'

z.config(en())

/**
 * Parses the body of a request.
 * @throws ServiceError validation_failed naming each member by its JSON pointer
 */
export function parseBody<T extends z.ZodMiniType>(schema: T, body: unknown): z.output<T> {
  return parse(schema, body, (path) => ({ pointer: `#${path.map((name) => `/${String(name)}`).join('')}` }))
}

/**
 * Parses query parameters.
 * @throws ServiceError validation_failed naming each parameter
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
    ...parsed.error.issues.map(({ path, message }) => ({ ...name(path), detail: `is wrong: ${message}` })),
  )
}
