// The form in which an operation is described. document.ts adds what follows from the route: path parameters, security, and
// the problems that every route of its access can answer.
import type { ErrorCode } from '#domain/errors.ts'
import type { ExampleName, SchemaName } from './bodies.ts'
import type { HEADERS } from './parts.ts'

export interface Success {
  /** A full sentence. */
  readonly says: string
  readonly schema?: SchemaName
  readonly example?: ExampleName
  /** Default: JSON. */
  readonly content?: 'text/html' | '*/*'
  readonly headers?: readonly (keyof typeof HEADERS)[]
}

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
  /** Full sentences, in Markdown; only what the summary and the fields do not say. */
  readonly more?: string
  readonly body?: { readonly schema: SchemaName; readonly example: ExampleName }
  /** Takes any body and passes it on. */
  readonly passesBody?: true
  /** A schema whose members are query parameters. */
  readonly query?: SchemaName
  readonly parameters?: readonly Parameter[]
  /** By status; `default` for every other. */
  readonly answers: { readonly [status: number]: Success; readonly default?: Success }
  /** The answer of another server that is passed on, whatever its status is. */
  readonly passesAnswer?: Success
  /** Besides those of every route of its access (`COMMON` in document.ts). */
  readonly problems?: readonly ErrorCode[]
}
