// The named schemas as JSON Schema, with a description of each field.
import * as z from 'zod/mini'
import { FIELDS, SCHEMAS } from './bodies.ts'

export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
  readonly [keyword: string]: unknown
}

/** @throws Error naming a member that bodies/ does not describe */
export function jsonSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id })
  const uri = (id: string) => `#/components/schemas/${id}`
  // A request is described as it is before its transformation. Answers are not transformed.
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    uri,
    // zod's bounds of a JavaScript integer tell a reader nothing.
    override: ({ jsonSchema }) => {
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    },
  })
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => [
      name,
      described(schema as JsonSchema, name),
    ]),
  )
}

/** @param owner the schema or member that the members belong to */
function described(schema: JsonSchema, owner: string): JsonSchema {
  const { properties, items, anyOf } = schema
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => [name, describedMember(member, owner, name)]),
      ),
    }),
    ...(items && { items: described(items, owner) }),
    ...(anyOf && { anyOf: anyOf.map((option) => described(option, owner)) }),
  }
}

function describedMember(member: JsonSchema, owner: string, name: string): JsonSchema {
  const field = FIELDS[`${owner}.${name}`] ?? FIELDS[name]
  if (field === undefined) {
    throw new Error(`Describe the member "${owner}.${name}" in infra/openapi/bodies/`)
  }
  return { ...described(member, name), ...field }
}
