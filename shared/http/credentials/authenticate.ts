// Finds out who is calling. An API key acts for its tenant, a JWT for one of the tenant's end users (authenticate-jwt.ts).
// A process keeps the results for 60 s, so a revoked key or a suspended tenant stops within 60 s. A key that expires stops on
// time.

import type { Ambient } from '#domain/ambient.ts'
import { isApiKey } from '#domain/callers/api-key-form.ts'
import { type Caller, CallerRefused } from '#domain/callers/caller.ts'
import { keyFinder } from '#domain/callers/key-use.ts'
import type { CallerPorts } from '#domain/callers/ports.ts'
import { ServiceError } from '#domain/errors.ts'
import { sha256 } from '#domain/hash.ts'
import type { TenancyPorts } from '#domain/tenants/ports.ts'
import { suspended } from '#domain/tenants/suspension.ts'
import type { Admitted } from './admitted.ts'
import { endUserAuthentication } from './authenticate-jwt.ts'
import { ExpiringCache } from './expiring-cache.ts'

const CACHE_SECONDS = 60
const CACHED_CALLERS = 5000

export type Authenticate = (authorization: string | undefined) => Promise<Caller>

type Ports = Pick<
  CallerPorts & TenancyPorts & Ambient,
  'apiKeys' | 'identityProviders' | 'tokenVerifier' | 'tenants' | 'now' | 'log'
>

/** Builds the authentication of a process. */
export function authentication(services: Ports): { readonly authenticate: Authenticate } {
  const keys = new ExpiringCache<Admitted>(CACHE_SECONDS, CACHED_CALLERS)
  const find = keyFinder(services)
  const endUser = endUserAuthentication(services)

  async function findKey(hash: string): Promise<Admitted> {
    const key = await find(hash)
    const tenant = key && (await services.tenants.get(key.tenantId))
    if (key === undefined || tenant === undefined) throw invalidCredential()
    const actor = { kind: 'api_key', id: key.id, scopes: new Set(key.scopes) } as const
    return { caller: { tenant, actor }, expiresAt: key.expiresAt }
  }

  /** The checksum of a key refuses mistyped and invented keys without a read of the store. */
  async function admit(credential: string): Promise<Admitted | undefined> {
    if (!isApiKey(credential)) return endUser(credential)
    const hash = sha256(credential)
    return keys.get(hash, () => findKey(hash))
  }

  /** @throws ServiceError missing_credential; invalid_credential; tenant_suspended; identity_provider_unavailable */
  const authenticate: Authenticate = async (authorization) => {
    if (authorization === undefined || authorization === '') {
      throw new ServiceError(
        'missing_credential',
        'The request has no credential. Send the header "Authorization: Bearer <API key or JWT>".',
      )
    }
    const credential = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    const admitted = credential === undefined ? undefined : await admit(credential)
    if (admitted === undefined) throw invalidCredential()
    const { caller, expiresAt } = admitted
    const { tenant } = caller
    if (expiresAt !== undefined && expiresAt <= services.now()) {
      throw new CallerRefused(invalidCredential(), tenant)
    }
    if (tenant.status !== 'active') throw new CallerRefused(suspended('tenant'), tenant)
    return caller
  }
  return { authenticate }
}

function invalidCredential(): ServiceError {
  return new ServiceError('invalid_credential', 'The credential is unknown, expired or revoked.')
}
