// Ids in paths.
import { ServiceError } from '#domain/errors.ts'
import { type MintedIds, parseId } from '#domain/ids.ts'

/**
 * An id from the path. One of the wrong form names nothing, as does one that is not the caller's.
 * @throws ServiceError not_found
 */
export function pathId<K extends keyof MintedIds>(
  kind: K,
  value: string | undefined,
  thing: string,
): MintedIds[K] {
  const id = parseId(kind, value ?? '')
  if (id === undefined) throw new ServiceError('not_found', `There is no such ${thing}.`)
  return id
}
