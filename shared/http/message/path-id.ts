// Ids in paths.

import { ServiceError } from '#domain/errors.ts'
import { type ConnectionId, type MintedIds, parseId, type TenantId } from '#domain/ids.ts'
import type { ApiRequest } from './request.ts'

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

type PathOf = Pick<ApiRequest, 'pathParameters'>

/** The tenant that an operator's path names. */
export const tenantOf = ({ pathParameters }: PathOf): TenantId =>
  pathId('tenant', pathParameters.tenant_id, 'tenant')

/** The connection that a tenant's path names. */
export const connectionOf = ({ pathParameters }: PathOf): ConnectionId =>
  pathId('connection', pathParameters.id, 'connection')
