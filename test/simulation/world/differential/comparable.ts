// What two answers must have in common: the status, the kind of an error and its reasons, every item. Messages may differ.
import type { Answer } from '../world.ts'

type Json = Readonly<Record<string, unknown>>

export function comparable({ status, body }: Answer): unknown {
  const {
    __type: type,
    message: _,
    Message: __,
    CancellationReasons: reasons,
    Responses,
    ...rest
  } = body as Json
  return {
    status,
    ...(type !== undefined && { type: String(type).split('#').at(-1) }),
    ...(reasons !== undefined && {
      reasons: (reasons as Json[]).map(({ Message: ___, ...reason }) => reason),
    }),
    ...(Responses !== undefined && { responses: sorted(Responses as Record<string, Json[]>) }),
    ...rest,
  }
}

/** A batch comes in any order. */
function sorted(responses: Readonly<Record<string, readonly Json[]>>): unknown {
  const keyOf = ({ pk, sk }: Json) => JSON.stringify([pk, sk])
  return Object.entries(responses).map(([table, items]) => [
    table,
    items.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1)),
  ])
}
