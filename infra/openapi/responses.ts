// The responses of an operation: its own answers, and a problem for each status that one of its error codes has.
import type { ErrorCode } from '#domain/errors.ts'
import { PROBLEMS } from '#http/problems/problem.ts'
import { EXAMPLES } from './bodies.ts'
import type { Operation, Success } from './operation.ts'

interface Described {
  readonly description: string
  readonly headers?: object
  readonly content?: object
}

/** @param problems the error codes that it can answer, those of its access included */
export function responsesOf({ answers, passesAnswer }: Operation, problems: readonly ErrorCode[]): object {
  const made: Record<string, Described> = {}
  const passed = passesAnswer ? answer(passesAnswer) : undefined
  for (const [status, success] of Object.entries({
    ...answers,
    ...(passesAnswer && { default: passesAnswer }),
  })) {
    made[status] = answer(success)
  }
  const byStatus = Map.groupBy(new Set(problems), (code) => String(PROBLEMS[code].status))
  for (const [status, codes] of byStatus) {
    const other = made[status] ?? passed
    made[status] = {
      description: [other?.description, `A problem with the code ${either(codes)}.`]
        .filter(Boolean)
        .join(' Or: '),
      ...(['429', '502', '503', '504'].includes(status) && { headers: headerRefs(['Retry-After']) }),
      content: { ...other?.content, 'application/problem+json': problemContent(codes) },
    }
  }
  return made
}

function either(codes: readonly ErrorCode[]): string {
  const named = codes.map((code) => `\`${code}\``)
  const last = named.pop()
  return named.length === 0 ? String(last) : `${named.join(', ')} or ${last}`
}

function answer({ says, schema, example, content, headers = [] }: Success): Described {
  return {
    description: says,
    ...(headers.length > 0 && { headers: headerRefs(headers) }),
    ...((schema ?? content) && {
      content: {
        [content ?? 'application/json']: {
          ...(schema && { schema: { $ref: `#/components/schemas/${schema}` } }),
          ...(example && { example: EXAMPLES[example] }),
        },
      },
    }),
  }
}

function problemContent(codes: readonly ErrorCode[]): object {
  return {
    schema: {
      allOf: [
        { $ref: '#/components/schemas/Problem' },
        { type: 'object', properties: { code: { enum: codes } } },
      ],
    },
    examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
  }
}

function headerRefs(names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}
