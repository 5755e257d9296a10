// Whom a request acts for, as its credential says and nothing else: a tenant, through one of its API keys or as one of
// its end users.
import { ServiceError } from './errors.ts'
import type { ApiKeyId, EndUserId, IdentityProviderId } from './ids.ts'
import type { Tenant } from './tenant.ts'

/** What an API key may be used for. An end user needs none: it may do everything, with what is its own. */
export const SCOPES = [
  'sessions:write',
  'connections:read',
  'connections:write',
  'proxy:read',
  'proxy:write',
] as const

export type Scope = (typeof SCOPES)[number]

export type Actor =
  | { readonly kind: 'api_key'; readonly id: ApiKeyId; readonly scopes: ReadonlySet<Scope> }
  | { readonly kind: 'end_user'; readonly id: EndUserId; readonly identityProviderId: IdentityProviderId }

export interface Caller {
  readonly tenant: Tenant
  readonly actor: Actor
}

/**
 * An end user needs no scope: what it may not do is anything with what is another's.
 * @throws ServiceError insufficient_scope
 */
export function requireScope({ actor }: Caller, scope: Scope): void {
  if (actor.kind === 'end_user' || actor.scopes.has(scope)) return
  throw new ServiceError('insufficient_scope', `The API key lacks the scope "${scope}".`, {
    extensions: { scope },
  })
}
