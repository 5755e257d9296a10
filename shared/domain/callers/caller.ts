// Who is calling: a tenant with one of its API keys, or one of a tenant's end users with a JWT. The credential alone
// decides it, no other part of the request.

import { ServiceError } from '../errors.ts'
import type { ApiKeyId, EndUserId, IdentityProviderId } from '../ids.ts'
import type { Requester } from '../tenants/limits.ts'
import type { Tenant } from '../tenants/tenant.ts'

/** What an API key may be used for. End users have no scopes: they may do anything, but only with their own resources. */
export const SCOPES = [
  'sessions:write',
  'connections:read',
  'connections:write',
  'proxy:read',
  'proxy:write',
  'audit:read',
  'events:read',
  'webhooks:write',
  'connections:import',
  'manage-links:write',
  'connections:export',
] as const

export type Scope = (typeof SCOPES)[number]

export type Actor =
  | { readonly kind: 'api_key'; readonly id: ApiKeyId; readonly scopes: ReadonlySet<Scope> }
  | {
      readonly kind: 'end_user'
      readonly id: EndUserId
      readonly identityProviderId: IdentityProviderId
      /** From the JWT. */
      readonly displayName?: string
    }

export interface Caller {
  readonly tenant: Tenant
  readonly actor: Actor
}

/** The caller as the limits count it: an API key is counted with its tenant, an end user also by itself. */
export function requesterOf({ tenant, actor }: Caller): Requester {
  return actor.kind === 'end_user' ? { tenant, endUserId: actor.id } : { tenant }
}

/** Scopes with which tokens come in or go out. A key has them only if they are named. */
export const NAMED_SCOPES: readonly Scope[] = ['connections:import', 'connections:export']

/** Scopes for what concerns the tenant as a whole. No end user has access to it. */
export const API_KEY_ONLY_SCOPES: readonly Scope[] = [
  'audit:read',
  'webhooks:write',
  'manage-links:write',
  ...NAMED_SCOPES,
]

/**
 * Requires a scope of an API key. An end user needs none, but is refused what concerns the tenant as a whole.
 * @throws ServiceError insufficient_scope
 */
export function requireScope({ actor }: Caller, scope: Scope): void {
  if (actor.kind === 'end_user' ? !API_KEY_ONLY_SCOPES.includes(scope) : actor.scopes.has(scope)) return
  throw new ServiceError('insufficient_scope', `The credential lacks the scope "${scope}".`, {
    extensions: { scope },
  })
}

/**
 * Requires that a page that calls with an end user's JWT has a registered origin. Otherwise a foreign page that got hold
 * of a JWT could act with it, even if it could not read the answers. Only browsers name an origin.
 * @throws ServiceError origin_not_registered
 */
export function requireOrigin({ tenant, actor }: Caller, origin: string | undefined): void {
  if (origin === undefined || actor.kind !== 'end_user' || tenant.origins.includes(origin)) return
  throw new ServiceError('origin_not_registered', "The page's origin is not registered for the tenant.")
}

/** Whether the caller may see what belongs to an end user. API keys see all of their tenant, end users only their own. */
export function maySee({ actor }: Caller, endUserId: EndUserId): boolean {
  return actor.kind === 'api_key' || actor.id === endUserId
}

/** A refusal of a caller whose tenant is known. The tenant's pages may read the answer (CORS). */
export class CallerRefused extends ServiceError {
  readonly tenant: Tenant

  constructor({ code, message, retryAfterSeconds, extensions, cause }: ServiceError, tenant: Tenant) {
    super(code, message, { extensions, cause, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) })
    this.tenant = tenant
  }
}
