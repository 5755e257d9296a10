// A tenant's identity providers: who signs the JWTs of its end users, for which audience, and where the keys are.
// Issuer and audience are how a token finds its tenant, so the pair belongs to one tenant and does not change.
import { ServiceError, validationFailed } from './errors.ts'
import type { IdentityProviderId, TenantId } from './ids.ts'
import { livingTenant } from './onboarding.ts'
import type { Services } from './ports.ts'
import type { EpochSeconds } from './time.ts'
import { isLoopback, webUrl } from './web-url.ts'

/** Signatures only (RFC 7518, RFC 8037): never "none", and no HMAC, whose key would be known to the verifier. */
export const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'] as const
/** Where a token says for whom it is: "aud" (RFC 7519), or what providers send in its place. */
export const AUDIENCE_CLAIMS = ['aud', 'azp', 'client_id'] as const

export interface IdentityProvider {
  readonly id: IdentityProviderId
  readonly tenantId: TenantId
  /** Letter for letter as in the tokens. */
  readonly issuer: string
  readonly audience: string
  readonly audienceClaim: (typeof AUDIENCE_CLAIMS)[number]
  readonly jwksUri: string
  readonly algorithms: readonly (typeof ALGORITHMS)[number][]
  /** The claim that holds the tenant's id of its user. */
  readonly endUserClaim: string
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
}

export type IdentityProviderInput = Omit<
  IdentityProvider,
  'id' | 'tenantId' | 'jwksUri' | 'createdAt' | 'updatedAt'
> & { readonly jwksUri?: string }

export type IdentityProviderChange = Partial<
  Pick<IdentityProvider, 'audienceClaim' | 'jwksUri' | 'algorithms' | 'endUserClaim'>
>

export interface IdentityProviders {
  /** False when issuer and audience are registered already, for whichever tenant, or the tenant's deletion has begun. */
  create(provider: IdentityProvider): Promise<boolean>
  get(tenant: TenantId, id: IdentityProviderId): Promise<IdentityProvider | undefined>
  list(tenant: TenantId): Promise<readonly IdentityProvider[]>
  /** Those that an issuer's audiences, each named once, are registered for. One registered this very second may be missing. */
  find(issuer: string, audiences: readonly string[]): Promise<readonly IdentityProvider[]>
  /** `undefined` when there is no such provider. */
  update(
    tenant: TenantId,
    id: IdentityProviderId,
    change: IdentityProviderChange,
    now: EpochSeconds,
  ): Promise<IdentityProvider | undefined>
  /** False when there was none. */
  remove(tenant: TenantId, id: IdentityProviderId): Promise<boolean>
}

type Ports = Pick<Services, 'now' | 'newId' | 'publicUrl' | 'tenants' | 'identityProviders'>

/** @throws ServiceError not_found or tenant_deleted when there is no such tenant; validation_failed; identity_provider_taken */
export async function registerIdentityProvider(
  services: Ports,
  tenantId: TenantId,
  input: IdentityProviderInput,
): Promise<IdentityProvider> {
  await livingTenant(services, tenantId)
  checkUrls(services, input)
  const now = services.now()
  const provider: IdentityProvider = {
    ...input,
    id: services.newId('identityProvider'),
    tenantId,
    jwksUri: input.jwksUri ?? `${input.issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
    createdAt: now,
    updatedAt: now,
  }
  if (await services.identityProviders.create(provider)) return provider
  await livingTenant(services, tenantId)
  throw taken()
}

/** @throws ServiceError identity_provider_taken, validation_failed */
export async function checkIdentityProvider(
  services: Pick<Ports, 'publicUrl' | 'identityProviders'>,
  input: IdentityProviderInput,
): Promise<void> {
  checkUrls(services, input)
  const known = await services.identityProviders.find(input.issuer, [input.audience])
  if (known.length > 0) throw taken()
}

/** @throws ServiceError not_found */
export async function findIdentityProvider(
  services: Pick<Services, 'identityProviders'>,
  tenantId: TenantId,
  id: IdentityProviderId,
): Promise<IdentityProvider> {
  const provider = await services.identityProviders.get(tenantId, id)
  if (provider === undefined) throw noSuchProvider()
  return provider
}

/** @throws ServiceError not_found; validation_failed */
export async function updateIdentityProvider(
  services: Pick<Ports, 'now' | 'publicUrl' | 'identityProviders'>,
  tenantId: TenantId,
  id: IdentityProviderId,
  change: IdentityProviderChange,
): Promise<IdentityProvider> {
  checkUrls(services, change)
  const provider = await services.identityProviders.update(tenantId, id, change, services.now())
  if (provider === undefined) throw noSuchProvider()
  return provider
}

/** @throws ServiceError not_found */
export async function removeIdentityProvider(
  services: Pick<Services, 'identityProviders'>,
  tenantId: TenantId,
  id: IdentityProviderId,
): Promise<void> {
  if (!(await services.identityProviders.remove(tenantId, id))) throw noSuchProvider()
}

/** Our functions fetch the keys from inside: what is named here must lead out. Where a name leads is checked on every fetch. */
function checkUrls(
  { publicUrl }: Pick<Services, 'publicUrl'>,
  { issuer, jwksUri }: { readonly issuer?: string; readonly jwksUri?: string },
): void {
  const local = isLoopback(new URL(publicUrl))
  const errors = Object.entries({ issuer, jwks_uri: jwksUri }).flatMap(([name, value]) =>
    value === undefined || leadsOut(value, local)
      ? []
      : [
          {
            pointer: `#/${name}`,
            detail: 'must be an https URL of a public host, without user info and fragment',
          },
        ],
  )
  if (errors.length > 0) throw validationFailed(...errors)
}

function leadsOut(text: string, local: boolean): boolean {
  const url = webUrl(text)
  if (url === undefined) return false
  if (isLoopback(url)) return local
  // An address in the place of a name is not a provider's; a name without a dot is our own network's.
  return /\.[a-z][a-z0-9-]*\.?$/.test(url.hostname) && !/\.(internal|local|localhost)\.?$/.test(url.hostname)
}

function taken(): ServiceError {
  return new ServiceError(
    'identity_provider_taken',
    'This issuer and audience are registered already: a token has to lead to one tenant.',
  )
}

function noSuchProvider(): ServiceError {
  return new ServiceError('not_found', 'There is no such identity provider.')
}
