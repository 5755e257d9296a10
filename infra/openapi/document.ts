// The OpenAPI 3.1 document, made from the route table, the schemas that parse and shape, and the error catalog.
//
// A new route does not compile here until it is described:
//   1. add it to the …-operations.ts of its callers;
//   2. give its schemas a name in bodies/, with an example of each body and what new members mean (`npm run docs` says
//      which are missing);
//   3. `npm run docs` writes docs/openapi.json and the client's types.
import type { ErrorCode } from '#domain/errors.ts'
import { type Access, ANY_METHOD, ROUTES, type RouteKey } from '#http/routes.ts'
import { AUDIT_OPERATIONS } from './audit-operations.ts'
import { EXAMPLES } from './bodies.ts'
import { BROWSER_OPERATIONS } from './browser-operations.ts'
import { EVENT_OPERATIONS } from './event-operations.ts'
import { EXPORT_OPERATIONS } from './export-operations.ts'
import { INTRODUCTION } from './introduction.ts'
import { type JsonSchema, jsonSchemas } from './json-schemas.ts'
import { OPEN_OPERATIONS } from './open-operations.ts'
import type { Operation } from './operation.ts'
import { OPERATOR_OPERATIONS } from './operator-operations.ts'
import {
  HEADERS,
  pathParameters,
  problemExamples,
  SECURITY_SCHEMES,
  securityOf,
  TAGS,
  tagOf,
} from './parts.ts'
import { responsesOf } from './responses.ts'
import { KEYED, TENANT_OPERATIONS } from './tenant-operations.ts'
import { WEBHOOK_OPERATIONS } from './webhook-operations.ts'

/** Every route but $default, which answers for all other paths. */
export const OPERATIONS: Readonly<Record<Exclude<RouteKey, '$default'>, Operation>> = {
  ...TENANT_OPERATIONS,
  ...BROWSER_OPERATIONS,
  ...OPERATOR_OPERATIONS,
  ...AUDIT_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...EXPORT_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...OPEN_OPERATIONS,
}

/** The problems that every route of an access can answer. */
const COMMON: Readonly<Record<Access, readonly ErrorCode[]>> = {
  tenant: [
    'missing_credential',
    'invalid_credential',
    'insufficient_scope',
    'origin_not_registered',
    'tenant_suspended',
    'identity_provider_unavailable',
    'storage_unavailable',
    'internal_error',
  ],
  operator: ['missing_credential', 'storage_unavailable', 'internal_error'],
  // Browsers get pages.
  browser: [],
  provider: ['storage_unavailable', 'internal_error'],
  anyone: ['internal_error'],
}
const OF_A_BODY: readonly ErrorCode[] = ['malformed_request', 'request_too_large', 'validation_failed']

export function openApiDocument() {
  const schemas = jsonSchemas()
  const paths: Record<string, Record<string, object>> = {}
  for (const [key, operation] of Object.entries(OPERATIONS) as [RouteKey, Operation][]) {
    const [method = '', template = ''] = key.split(' ')
    const path = template.replace('+}', '}')
    const item = paths[path] ?? {}
    paths[path] = item
    if (method !== 'ANY') item[method.toLowerCase()] = describe(key, method, operation, schemas)
    else
      for (const name of ANY_METHOD)
        item[name.toLowerCase()] = describe(key, name, ofMethod(operation, name), schemas)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Funnel Connect',
      version: '1.0.0',
      summary: "Connects SaaS products to their customers' ClickFunnels workspaces.",
      description: INTRODUCTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'https://connect.example.com', description: 'The URL of the service.' }],
    tags: TAGS,
    paths,
    components: {
      schemas,
      examples: problemExamples(),
      headers: HEADERS,
      securitySchemes: SECURITY_SCHEMES,
    },
  }
}

/** One method of an operation that takes any method. */
function ofMethod(operation: Operation, method: (typeof ANY_METHOD)[number]): Operation {
  const { id, parameters = [], problems = [] } = operation
  const named = { ...operation, id: `${id}${method.charAt(0)}${method.slice(1).toLowerCase()}` }
  if (method === 'GET' || method === 'HEAD') return named
  return {
    ...named,
    parameters: [...parameters, ...KEYED.parameters],
    problems: [...problems, ...KEYED.problems],
    passesBody: true,
  }
}

function describe(
  key: RouteKey,
  method: string,
  operation: Operation,
  schemas: Readonly<Record<string, JsonSchema>>,
): object {
  const { access } = ROUTES[key]
  const { id, summary, more, body, passesBody, query, parameters = [] } = operation
  const all = [
    ...pathParameters(key),
    ...(query ? queryParameters(schemas[query]) : []),
    ...parameters.map(({ says, ...parameter }) => ({ ...parameter, description: says })),
  ]
  return {
    operationId: id,
    tags: [tagOf(key)],
    summary,
    ...(more && { description: more }),
    security: securityOf(key, method),
    ...(all.length > 0 && { parameters: all }),
    ...(body && {
      requestBody: {
        // An empty body counts as "{}".
        required: (schemas[body.schema]?.required?.length ?? 0) > 0,
        content: {
          'application/json': {
            schema: { $ref: `#/components/schemas/${body.schema}` },
            example: EXAMPLES[body.example],
          },
        },
      },
    }),
    ...(passesBody && {
      requestBody: {
        description:
          'The body for ClickFunnels, at most 4.5 MB (4,500,000 bytes). It is passed on byte for byte.',
        content: { '*/*': {} },
      },
    }),
    responses: responsesOf(operation, [
      ...COMMON[access],
      ...(body ? OF_A_BODY : []),
      ...(operation.problems ?? []),
    ]),
  }
}

function queryParameters(schema: JsonSchema | undefined): object[] {
  return Object.entries(schema?.properties ?? {}).map(([name, { description, ...rest }]) => ({
    name,
    in: 'query',
    description,
    ...(schema?.required?.includes(name) && { required: true }),
    schema: rest,
  }))
}
