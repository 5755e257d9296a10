// The contract as a document: valid, complete, with examples that fit, and equal to the stored one.
import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from '#domain/errors.ts'
import { ROUTES } from '#http/routes.ts'
import { EXAMPLES, FIELD_GROUPS, FIELDS, SCHEMAS } from '../../infra/openapi/bodies.ts'
import { clientErrorCodes, clientTypes } from '../../infra/openapi/client-types.ts'
import { openApiDocument } from '../../infra/openapi/document.ts'
import { bodyValidator } from './schemas.ts'

const document = openApiDocument()
const text = JSON.stringify(document)

interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly security: readonly object[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly description: string
  }[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>
}
type Content = Readonly<
  Record<string, { readonly schema?: { readonly $ref?: string }; readonly example?: unknown }>
>

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
    path,
    method,
    operation,
  })),
)

test('it is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document))
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
  expect(validator.version).toBe('3.1')
})

test('the stored document is the one that the code makes: "npm run docs" writes it', () => {
  expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(JSON.parse(text))
  expect(readFileSync('client/src/api.ts', 'utf8')).toBe(clientTypes(document.components.schemas))
  expect(readFileSync('client/src/error-codes.ts', 'utf8')).toBe(clientErrorCodes())
})

test('every route is described, and nothing else', () => {
  const described = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`)
  const routed = Object.keys(ROUTES).flatMap((key) => {
    const [method = '', template = ''] = key.split(' ')
    if (key === '$default') return []
    const methods = method === 'ANY' ? ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] : [method]
    return methods.map((name) => `${name} ${template.replace('+}', '}')}`)
  })
  expect(described.toSorted()).toEqual(routed.toSorted())
})

describe('every operation', () => {
  test('has a unique id that makes a good name', () => {
    const ids = operations.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+([A-Z][a-z]+)*$/)
  })

  test.each(operations)(
    '$method $path describes its purpose, parameters and answers',
    ({ path, operation }) => {
      const { tags, summary, parameters = [], responses } = operation
      expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...tags]))
      expect(summary).toMatch(/^[A-Z].*[^.]$/)
      for (const { description } of [...parameters, ...Object.values(responses)])
        expect(description).toMatch(/\S/)
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath)
    },
  )

  test('shows each JSON body by an example that fits', () => {
    const fits = bodyValidator()
    let shown = 0
    for (const { operation } of operations) {
      const contents = [operation.requestBody, ...Object.values(operation.responses)]
      for (const content of contents.flatMap((body) => body?.content?.['application/json'] ?? [])) {
        const name = content.schema?.$ref?.split('/').at(-1) ?? ''
        // The document has no example of itself.
        if (name === 'OpenApiDocument') continue
        expect(fits(name, content.example), `${operation.operationId} ${name}`).toEqual([])
        shown += 1
      }
    }
    expect(shown).toBeGreaterThan(25)
  })
})

/** An empty body counts as "{}" (http/message/request.ts). */
test('a JSON body is required exactly where a member of it is', () => {
  const wrong = operations.filter(({ operation: { requestBody } }) => {
    const name = requestBody?.content['application/json']?.schema?.$ref?.split('/').at(-1)
    if (name === undefined) return false
    const { required = [] } = document.components.schemas[name] as { readonly required?: readonly string[] }
    return (requestBody?.required ?? false) !== required.length > 0
  })
  expect(wrong.map(({ operation }) => operation.operationId)).toEqual([])
})

test("where ClickFunnels' answers are passed on, each status can be one of them", () => {
  for (const { path, operation } of operations.filter(({ path }) =>
    /\/(proxy\/\{path\}|funnels)$/.test(path),
  )) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      expect(status === '200' || content?.['*/*'], `${path} ${status}`).toBeTruthy()
    }
    expect(operation.responses).toHaveProperty('default')
  }
})

test('every error code is an answer of an operation, except 405', () => {
  const told = new Set([...text.matchAll(/#\/components\/examples\/(\w+)/g)].map(([, code]) => code))
  expect(ERROR_CODES.filter((code) => !told.has(code))).toEqual(['method_not_allowed'])
})

/** Schemas whose fields are query parameters: operations list these one by one. */
const QUERIES = [
  'AuditQuery',
  'ClientSecretRemoval',
  'DeliveryQuery',
  'EventQuery',
  'ListQuery',
  'TenantListQuery',
  'TimelineQuery',
]

test('every description is used, and none is given twice', () => {
  const described = FIELD_GROUPS.flatMap((group) => Object.keys(group))
  expect(described.length).toBe(new Set(described).size)
  const shown = new Set(
    [...text.matchAll(/"description":("(?:[^"\\\\]|\\\\.)*")/g)].map(([, quoted = '']) => JSON.parse(quoted)),
  )
  const unused = Object.entries(FIELDS).filter(([, { description }]) => !shown.has(description))
  expect(unused.map(([name]) => name)).toEqual([])
})

test('no schema and no example is left over', () => {
  const referred = new Set([...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name))
  expect(
    Object.keys(SCHEMAS)
      .filter((name) => !referred.has(name))
      .toSorted(),
  ).toEqual(QUERIES)
  const shown = new Set(operations.flatMap(({ operation }) => JSON.stringify(operation)))
  for (const [name, example] of Object.entries(EXAMPLES)) {
    const found = [...shown].some((operation) => operation.includes(JSON.stringify(example)))
    expect(found, name).toBe(true)
  }
})
