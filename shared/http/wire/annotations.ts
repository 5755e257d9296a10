// Tags and labels on the wire, both ways.
import * as z from 'zod/mini'
import {
  type AnnotationChange,
  type Annotations,
  MAX_LABEL_CHARACTERS,
  MAX_TAG_KEY_CHARACTERS,
  MAX_TAG_VALUE_CHARACTERS,
  MAX_TAGS,
} from '#domain/tenants/annotations.ts'
import { text } from './fields.ts'

const isTagKey = (key: string) =>
  key.length >= 1 && key.length <= MAX_TAG_KEY_CHARACTERS && key.isWellFormed()

/** An object with any members, because zod's record would add 4 KB to each cold start. */
const textsByKey = <S extends z.ZodMiniType>(value: S) => z.catchall(z.object({}), value)

export const tags = textsByKey(text(MAX_TAG_VALUE_CHARACTERS)).check(
  z.refine((given) => Object.keys(given).length <= MAX_TAGS, `must have at most ${MAX_TAGS} tags`),
  z.refine(
    (given) => Object.keys(given).every(isTagKey),
    `must have keys of 1 to ${MAX_TAG_KEY_CHARACTERS} characters`,
  ),
)

export const label = text(MAX_LABEL_CHARACTERS)

/** The members of an answer. */
export const annotated = {
  tags: z.optional(textsByKey(z.string())),
  label: z.optional(z.string()),
}

/** The members of a request that sets them with something new. */
export const annotating = { tags: z.optional(tags), label: z.optional(label) }

/** The members of a request that changes them. */
export const reannotating = { tags: z.optional(z.nullable(tags)), label: z.optional(z.nullable(label)) }

const isEmpty = (given: object) => Object.keys(given).length === 0

/** No tags are the same as an empty object. */
export function annotationsIn({ tags, label }: z.output<z.ZodMiniObject<typeof annotating>>): Annotations {
  return { ...(tags && !isEmpty(tags) && { tags }), ...(label !== undefined && { label }) }
}

export function annotationChangeIn({
  tags,
  label,
}: z.output<z.ZodMiniObject<typeof reannotating>>): AnnotationChange {
  return {
    ...(tags !== undefined && { tags: tags && isEmpty(tags) ? null : tags }),
    ...(label !== undefined && { label }),
  }
}

/** The body of PATCH /v1/connections/{id}. */
export const connectionUpdateSchema = z.pipe(z.object(reannotating), z.transform(annotationChangeIn))
