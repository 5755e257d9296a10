// What a tenant's back end notes on a connection for itself: tags for its programs, a label for people. A connect session
// brings them to its connection, and the events of both repeat them. Nothing in this service depends on them.

/** Values by key. Never empty: without tags, the member is absent. */
export type Tags = Readonly<Record<string, string>>

export interface Annotations {
  readonly tags?: Tags
  readonly label?: string
}

/** Absent members stay as they are, `null` removes. Tags are replaced as a whole. */
export interface AnnotationChange {
  readonly tags?: Tags | null
  readonly label?: string | null
}

export const MAX_TAGS = 10
export const MAX_TAG_KEY_CHARACTERS = 40
export const MAX_TAG_VALUE_CHARACTERS = 200
export const MAX_LABEL_CHARACTERS = 200

/** The annotations alone, without the other members of what has them. */
export function annotationsOf({ tags, label }: Annotations): Annotations {
  return { ...(tags && { tags }), ...(label !== undefined && { label }) }
}
