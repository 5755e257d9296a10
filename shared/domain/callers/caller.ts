// Whom a request acts for, as its credential says and nothing else: a tenant, through one of its API keys or as one of
// its end users.

import { ServiceError } from '../errors.ts'
import type { ApiKeyId, EndUserId, IdentityProviderId } from '../ids.ts'
import type { Tenant } from '../tenants/tenant.ts'

/** What an API key may be used for. An end user needs none: it may do everything, with what is its own. */
export const SCOPES = [
  'sessions:write',
  'connections:read',
  'connections:write',
  'proxy:read',
  'proxy:write',
  'audit:read',
] as const

export type Scope = (typeof SCOPES)[number]

export type Actor =
  | { readonly kind: 'api_key'; readonly id: ApiKeyId; readonly scopes: ReadonlySet<Scope> }
  | {
      readonly kind: 'end_user'
      readonly id: EndUserId
      readonly identityProviderId: IdentityProviderId
      /** As its identity provider calls it. */
      readonly displayName?: string
    }

export interface Caller {
  readonly tenant: Tenant
  readonly actor: Actor
}

/** What belongs to nobody but the tenant: no end user may have it. */
export const TENANTS_OWN: readonly Scope[] = ['audit:read']

/**
 * An end user needs no scope: what it may not do is anything with what is another's.
 * @throws ServiceError insufficient_scope
 */
export function requireScope({ actor }: Caller, scope: Scope): void {
  if (actor.kind === 'end_user' ? !TENANTS_OWN.includes(scope) : actor.scopes.has(scope)) return
  throw new ServiceError('insufficient_scope', `The credential lacks the scope "${scope}".`, {
    extensions: { scope },
  })
}

/**
 * A browser says which page calls. With an end user's credential that has to be one of the tenant's: another page that
 * got hold of one shall not even act blindly. What is no browser names no origin.
 * @throws ServiceError origin_not_registered
 */
export function requireOrigin({ tenant, actor }: Caller, origin: string | undefined): void {
  if (origin === undefined || actor.kind !== 'end_user' || tenant.origins.includes(origin)) return
  throw new ServiceError('origin_not_registered', "The page's origin is not registered for the tenant.")
}

/** Whether something of an end user's is there for the caller: all of a tenant's is for its keys, its own for an end user. */
export function maySee({ actor }: Caller, endUserId: EndUserId): boolean {
  return actor.kind === 'api_key' || actor.id === endUserId
}

/** A refusal of somebody whose tenant is known all the same, so that the tenant's pages may read it. */
export class CallerRefused extends ServiceError {
  readonly tenant: Tenant

  constructor({ code, message, retryAfterSeconds, extensions, cause }: ServiceError, tenant: Tenant) {
    super(code, message, { extensions, cause, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) })
    this.tenant = tenant
  }
}
