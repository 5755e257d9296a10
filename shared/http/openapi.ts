// The contract as it is served. A file of its own, because the document is large: it is loaded when somebody asks for it.
import document from '#docs/openapi.json' with { type: 'json' }
import type { Answer } from './answer.ts'
import { docsPage } from './docs-page.ts'

/** Part of an OpenAPI document that we read ourselves; the rest is passed on. */
export interface OpenApi {
  readonly info: { readonly title: string; readonly description: string }
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>
}

export interface OpenApiOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly security: readonly Readonly<Record<string, unknown>>[]
  readonly parameters?: readonly {
    readonly name: string
    readonly in: string
    readonly required?: boolean
    readonly description: string
  }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>
}

type Content = Readonly<Record<string, { readonly example?: unknown }>>

/** It changes with a deployment only, and any page may read it. */
const HEADERS = { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' }

/** The document, with the URL at which this service is called. */
export function openApiAnswer(publicUrl: string): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...HEADERS },
    body: JSON.stringify({ ...document, servers: [{ url: publicUrl }] }),
  }
}

/** The same, to be read. */
export function docsAnswer(publicUrl: string): Answer {
  const page = docsPage(document as unknown as OpenApi, publicUrl)
  return { ...page, headers: { ...page.headers, ...HEADERS } }
}
