// The form in which the bodies of a resource are described: by a schema, an example and what each member means.
import type { ZodMiniType } from 'zod/mini'

/** JSON Schema keywords that are put on the member; `description` always. */
export interface Field {
  readonly description: string
  readonly [keyword: string]: unknown
}

/** What the contract says about the bodies of one resource. */
export interface Bodies {
  /** By their name in the contract: the very schemas that parse requests and shape answers. */
  readonly schemas: Readonly<Record<string, ZodMiniType>>
  /** One for each body. A test holds that each fits its schema. */
  readonly examples: Readonly<Record<string, unknown>>
  /** What each member means: by "Schema.name" or "parent.name", else by its name alone, for all resources. */
  readonly fields: Readonly<Record<string, Field>>
}

/** A point in time, in RFC 3339. */
export const time = (description: string): Field => ({ description, format: 'date-time' })
