// The form in which a member of a request or an answer is described.

/** JSON Schema keywords that are put on the member; `description` always. */
export interface Field {
  readonly description: string
  readonly [keyword: string]: unknown
}

/** A point in time, in RFC 3339. */
export const time = (description: string): Field => ({ description, format: 'date-time' })
