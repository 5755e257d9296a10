// Who is calling? An API key acts for its tenant. Results are kept in the process for a minute, which is also how long
// a revoked key or a suspended tenant can go on.
import { ExpiringCache } from '#adapters/expiring-cache.ts'
import { isApiKey } from '#domain/api-key.ts'
import { type Caller, SCOPES } from '#domain/caller.ts'
import { ServiceError } from '#domain/errors.ts'
import { sha256 } from '#domain/hash.ts'
import type { Services } from '#domain/ports.ts'

const CACHE_SECONDS = 60
const CACHED_CALLERS = 5000

export type Authenticate = (authorization: string | undefined) => Promise<Caller>

/** Builds the authentication of a process. */
export function authentication(services: Pick<Services, 'apiKeys' | 'tenants'>): Authenticate {
  const cache = new ExpiringCache<Caller>(CACHE_SECONDS, CACHED_CALLERS)

  async function callerOf(hash: string): Promise<Caller> {
    const key = await services.apiKeys.findByHash(hash)
    const tenant = key && (await services.tenants.get(key.tenantId))
    if (key === undefined || tenant === undefined) throw invalidCredential()
    return { tenant, actor: { kind: 'api_key', id: key.id, scopes: new Set(SCOPES) } }
  }

  /** @throws ServiceError missing_credential; invalid_credential; tenant_suspended */
  return async (authorization) => {
    if (authorization === undefined || authorization === '') {
      throw new ServiceError('missing_credential', 'Send "Authorization: Bearer <API key>".')
    }
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    // The checksum refuses mistyped and invented keys without asking the store.
    if (key === undefined || !isApiKey(key)) throw invalidCredential()
    const hash = sha256(key)
    const caller = await cache.get(hash, () => callerOf(hash))
    if (caller.tenant.status === 'suspended') {
      throw new ServiceError('tenant_suspended', 'The tenant is suspended. Ask the operator of this service.')
    }
    return caller
  }
}

function invalidCredential(): ServiceError {
  return new ServiceError('invalid_credential', 'The credential is not an API key in force.')
}
