// Checks whether a body fits a schema of the contract. A field that the schema does not name is a fault.
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { jsonSchemas } from '../../infra/openapi/json-schemas.ts'

/** Gives the faults of a body; an empty list if it fits. */
export type Fits = (schema: string, body: unknown) => readonly string[]

export function bodyValidator(): Fits {
  const ajv = new Ajv2020({ allErrors: true, strict: false })
  // Its types declare a module, but the code exports a function.
  ;(formats as unknown as (instance: Ajv2020) => void)(ajv)
  const schemas = closed(jsonSchemas())
  ajv.addSchema({ $id: 'contract', components: { schemas } })
  return (name, body) => {
    const validate = ajv.getSchema(`contract#/components/schemas/${name}`)
    if (validate === undefined) return [`There is no schema "${name}"`]
    validate(body)
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      `${instancePath} ${message} ${JSON.stringify(params)}`.trim(),
    )
  }
}

/** The schemas, closed for fields that they do not name. */
function closed<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(closed) as T
  if (typeof schema !== 'object' || schema === null) return schema
  const inside = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]))
  return ('properties' in inside && !('additionalProperties' in inside)
    ? { ...inside, additionalProperties: false }
    : inside) as unknown as T
}
