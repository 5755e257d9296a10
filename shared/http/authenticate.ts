// Who is calling? An API key acts for its tenant. Results are kept in the process for a minute, which is also how long
// a revoked key or a suspended tenant can go on; a key that expires ends on time.
import { ExpiringCache } from '#adapters/expiring-cache.ts'
import { isApiKey } from '#domain/api-key.ts'
import type { Caller } from '#domain/caller.ts'
import { ServiceError } from '#domain/errors.ts'
import { sha256 } from '#domain/hash.ts'
import { keyUse, type NoteUse } from '#domain/key-use.ts'
import type { Services } from '#domain/ports.ts'
import type { EpochSeconds } from '#domain/time.ts'

const CACHE_SECONDS = 60
const CACHED_CALLERS = 5000

export type Authenticate = (authorization: string | undefined) => Promise<Caller>

interface Known {
  readonly caller: Caller
  readonly expiresAt: EpochSeconds | undefined
}

/** Builds the authentication of a process. */
export function authentication(services: Pick<Services, 'apiKeys' | 'tenants' | 'now' | 'log'>): {
  readonly authenticate: Authenticate
  readonly noteUse: NoteUse
} {
  const cache = new ExpiringCache<Known>(CACHE_SECONDS, CACHED_CALLERS)

  async function findCaller(hash: string): Promise<Known> {
    const key = await services.apiKeys.findByHash(hash)
    const tenant = key && (await services.tenants.get(key.tenantId))
    if (key === undefined || tenant === undefined) throw invalidCredential()
    const actor = { kind: 'api_key', id: key.id, scopes: new Set(key.scopes) } as const
    return { caller: { tenant, actor }, expiresAt: key.expiresAt }
  }

  /** @throws ServiceError missing_credential; invalid_credential; tenant_suspended */
  const authenticate: Authenticate = async (authorization) => {
    if (authorization === undefined || authorization === '') {
      throw new ServiceError('missing_credential', 'Send "Authorization: Bearer <API key>".')
    }
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    // The checksum refuses mistyped and invented keys without asking the store.
    if (key === undefined || !isApiKey(key)) throw invalidCredential()
    const hash = sha256(key)
    const { caller, expiresAt } = await cache.get(hash, () => findCaller(hash))
    if (expiresAt !== undefined && expiresAt <= services.now()) throw invalidCredential()
    if (caller.tenant.status === 'suspended') {
      throw new ServiceError('tenant_suspended', 'The tenant is suspended. Ask the operator of this service.')
    }
    return caller
  }
  return { authenticate, noteUse: keyUse(services) }
}

function invalidCredential(): ServiceError {
  return new ServiceError('invalid_credential', 'The credential is not an API key in force.')
}
