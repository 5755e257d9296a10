// The form in which an operation is described. What follows from its route (path parameters, security, the problems that
// every caller of its kind can meet) is not repeated in it: document.ts adds it.
import type { ErrorCode } from '#domain/errors.ts'
import type { ExampleName } from './examples.ts'
import type { SchemaName } from './schemas.ts'

export interface Success {
  readonly says: string
  readonly schema?: SchemaName
  readonly example?: ExampleName
  /** Another content type than JSON. */
  readonly content?: 'text/html' | '*/*'
  readonly headers?: readonly HeaderName[]
}

export type HeaderName =
  | 'Link'
  | 'Pagination-Next'
  | 'Location'
  | 'Retry-After'
  | 'Funnel-Connect-Answer-By'
  | 'Allow'

export interface Parameter {
  readonly name: string
  readonly in: 'query' | 'header'
  readonly says: string
  readonly schema: Readonly<Record<string, unknown>>
  readonly required?: true
}

export interface Operation {
  /** The operationId: a verb and a noun, in camel case. Generated clients name their methods by it. */
  readonly id: string
  readonly summary: string
  /** Markdown; only what the summary and the names do not say. */
  readonly more?: string
  readonly body?: { readonly schema: SchemaName; readonly example: ExampleName; readonly optional?: true }
  /** Takes any body and passes it on. */
  readonly passesBody?: true
  /** A schema whose members are query parameters. */
  readonly query?: SchemaName
  readonly parameters?: readonly Parameter[]
  /** By status; `default` for every other. */
  readonly answers: { readonly [status: number]: Success; readonly default?: Success }
  /** Beyond those of every route of its access: see `COMMON` in document.ts. */
  readonly problems?: readonly ErrorCode[]
}
