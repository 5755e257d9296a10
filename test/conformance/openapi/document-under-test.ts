// The service's OpenAPI document with the ids of a scene in place of "any text", so that requests reach what is behind an id.
import type { OpenApiScene } from './scene.ts'

export interface Operation {
  readonly operationId?: string
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly example?: object }>> }
  readonly responses?: Readonly<Record<string, unknown>>
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly [member: string]: unknown
}
export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly [member: string]: unknown
}

export interface Target {
  readonly method: string
  readonly path: string
  readonly operation: Operation
  readonly takesJson: boolean
}

export function operationsOf({ paths }: Document): readonly Target[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      method,
      path,
      operation,
      takesJson: operation.requestBody?.content?.['application/json'] !== undefined,
    })),
  )
}

export function documentFor(document: Document, scene: OpenApiScene, url: string): Document {
  const paths = Object.entries(document.paths).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item).map(([method, operation]) => [
        method,
        narrowed(operation, scene.valuesOf(method, path)),
      ]),
    ),
  ])
  return { ...document, servers: [{ url }], paths: Object.fromEntries(paths) }
}

function narrowed(operation: Operation, values: Readonly<Record<string, readonly string[]>>): Operation {
  const { parameters = [], security = [], ...rest } = operation
  return {
    ...rest,
    // The local stack has no signatures: API Gateway checks them.
    security: security.filter((one) => !('awsSigV4' in one)),
    ...(parameters.length > 0 && {
      parameters: parameters.map((parameter) =>
        parameter.in === 'path'
          ? { ...parameter, schema: { type: 'string', enum: values[parameter.name] } }
          : parameter,
      ),
    }),
  }
}
