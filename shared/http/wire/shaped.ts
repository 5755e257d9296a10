// An answer is described once, by a schema: the schema decides what may leave the service, and the OpenAPI document shows it.
import * as z from 'zod/mini'

/** Every member has to be given, the optional ones perhaps as `undefined`: so none is forgotten. */
type Complete<T> = T extends readonly (infer Item)[]
  ? readonly Complete<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]-?: Complete<T[Name]> }
    : T

/** Gives an answer the form of its schema. Members that the schema does not name are dropped, a seal above all. */
export function shaped<S extends z.ZodMiniType>(schema: S, answer: Complete<z.input<S>>): z.output<S> {
  return z.parse(schema, answer)
}

/** A list that has only one page. */
export const listOf = <S extends z.ZodMiniType>(item: S) => z.object({ data: z.array(item) })

/** A page of a list. */
export const pageOf = <S extends z.ZodMiniType>(item: S) =>
  z.object({ data: z.array(item), next_cursor: z.optional(z.string()) })

/** A page of items that have their form already. */
export function pageJson<Item>(data: readonly Item[], next: string | undefined) {
  return { data, ...(next !== undefined && { next_cursor: next }) }
}
