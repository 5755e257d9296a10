// Ids in paths.

import { ServiceError } from '#domain/errors.ts'
import { type ConnectionId, type MintedIds, parseId, type TenantId } from '#domain/ids.ts'
import type { ApiRequest } from './request.ts'
import { THING_NAMES } from './thing-names.ts'

/**
 * Reads an id from the path. A text that is not such an id gets the same answer as an id that does not exist.
 * @throws ServiceError not_found
 */
export function pathId<K extends keyof MintedIds>(kind: K, value: string | undefined): MintedIds[K] {
  const id = parseId(kind, value ?? '')
  if (id === undefined) throw new ServiceError('not_found', `There is no such ${THING_NAMES[kind]}.`)
  return id
}

/** An id somewhere in the path. The caller chooses the path, so any other text is not given. */
export function idInPath<K extends keyof MintedIds>(
  kind: K,
  { pathParameters }: PathOf,
): MintedIds[K] | undefined {
  const ids = Object.values(pathParameters).map((text = '') => parseId(kind, text))
  return ids.find((id) => id !== undefined)
}

type PathOf = Pick<ApiRequest, 'pathParameters'>

/** The tenant that an operator's path names. */
export const tenantOf = ({ pathParameters }: PathOf): TenantId => pathId('tenant', pathParameters.tenant_id)

/** The connection that a tenant's path names. */
export const connectionOf = ({ pathParameters }: PathOf): ConnectionId =>
  pathId('connection', pathParameters.id)
