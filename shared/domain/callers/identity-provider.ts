// A tenant's identity provider: the issuer and keys that its end users' JWTs (RFC 7519) are checked against, and its store.
import type { IdentityProviderId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

/** Signatures only (RFC 7518, RFC 8037): never "none", and no HMAC, whose key would be known to the verifier. */
export const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const

/** The claim that names the audience: "aud" (RFC 7519), or what some providers send instead. */
export const AUDIENCE_CLAIMS = ['aud', 'azp', 'client_id'] as const

/**
 * Whose ids the end users of a provider have. tenant: the tenant's own, which its API keys and other such providers use as
 * well. identity_provider: they are apart, so that the same "sub" of two providers is two end users.
 */
export const END_USER_NAMESPACES = ['tenant', 'identity_provider'] as const

export interface IdentityProvider {
  readonly id: IdentityProviderId
  readonly tenantId: TenantId
  /** Exactly as in the tokens. */
  readonly issuer: string
  readonly audience: string
  readonly audienceClaim: (typeof AUDIENCE_CLAIMS)[number]
  readonly jwksUri: string
  readonly algorithms: readonly (typeof ALGORITHMS)[number][]
  /** The claim that holds the tenant's id of its user. */
  readonly endUserClaim: string
  /** Absent in what was stored before namespaces came: then it is "tenant". */
  readonly endUserNamespace?: (typeof END_USER_NAMESPACES)[number]
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
}

export type IdentityProviderInput = Omit<
  IdentityProvider,
  'id' | 'tenantId' | 'jwksUri' | 'createdAt' | 'updatedAt'
> & { readonly jwksUri?: string }

export type IdentityProviderChange = Partial<
  Pick<IdentityProvider, 'audienceClaim' | 'jwksUri' | 'algorithms' | 'endUserClaim' | 'endUserNamespace'>
>

export interface IdentityProviders {
  /** False if issuer and audience are already registered, for any tenant, or if the tenant's deletion has begun. */
  create(provider: IdentityProvider): Promise<boolean>
  get(tenant: TenantId, id: IdentityProviderId): Promise<IdentityProvider | undefined>
  list(tenant: TenantId): Promise<readonly IdentityProvider[]>
  /** Finds the providers with this issuer and one of the audiences (no duplicates). One registered just now may be missing. */
  find(issuer: string, audiences: readonly string[]): Promise<readonly IdentityProvider[]>
  /** `undefined` if there is no such provider. */
  update(
    tenant: TenantId,
    id: IdentityProviderId,
    change: IdentityProviderChange,
    now: EpochSeconds,
  ): Promise<IdentityProvider | undefined>
  /** False if there was none. */
  remove(tenant: TenantId, id: IdentityProviderId): Promise<boolean>
}
