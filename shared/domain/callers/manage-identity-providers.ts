// Registers a tenant's identity providers, which sign the JWTs of its end users. A token finds its tenant by issuer and
// audience, so the pair belongs to one tenant and does not change.
import type { Ambient } from '../ambient.ts'
import { ServiceError, validationFailed } from '../errors.ts'
import type { IdentityProviderId, TenantId } from '../ids.ts'
import { livingTenant } from '../tenants/manage-tenants.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { isLoopback, webUrl } from '../tenants/web-url.ts'
import type { IdentityProvider, IdentityProviderChange, IdentityProviderInput } from './identity-provider.ts'
import type { CallerPorts } from './ports.ts'

type Ports = Pick<
  Ambient & TenancyPorts & CallerPorts,
  'now' | 'newId' | 'publicUrl' | 'tenants' | 'identityProviders'
>

/** @throws ServiceError not_found or tenant_deleted if there is no such tenant; validation_failed; identity_provider_taken */
export async function registerIdentityProvider(
  services: Ports,
  tenantId: TenantId,
  input: IdentityProviderInput,
): Promise<IdentityProvider> {
  await livingTenant(services, tenantId)
  checkUrls(services, input)
  const now = services.now()
  const provider: IdentityProvider = {
    endUserNamespace: 'identity_provider',
    ...input,
    id: services.newId('identityProvider'),
    tenantId,
    jwksUri: input.jwksUri ?? `${input.issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
    createdAt: now,
    updatedAt: now,
  }
  if (!(await services.identityProviders.create(provider))) {
    await livingTenant(services, tenantId)
    throw taken()
  }
  if (input.endUserNamespace !== undefined) return provider
  // The first provider speaks of the users that the tenant's back end knows. It is told after it was created, so that of
  // two that are registered at once none takes the tenant's ids by mistake.
  const all = await services.identityProviders.list(tenantId)
  if (all.length > 1) return provider
  return updateIdentityProvider(services, tenantId, provider.id, { endUserNamespace: 'tenant' })
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
  services: Pick<CallerPorts, 'identityProviders'>,
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
  services: Pick<CallerPorts, 'identityProviders'>,
  tenantId: TenantId,
  id: IdentityProviderId,
): Promise<void> {
  if (!(await services.identityProviders.remove(tenantId, id))) throw noSuchProvider()
}

/**
 * Refuses URLs that lead into our own network, because our functions fetch the keys. Which address a name leads to is
 * checked at every fetch (adapters/jwt/jwks-fetch.ts).
 */
function checkUrls(
  { publicUrl }: Pick<Ambient, 'publicUrl'>,
  { issuer, jwksUri }: { readonly issuer?: string; readonly jwksUri?: string },
): void {
  const local = isLoopback(new URL(publicUrl))
  const errors = Object.entries({ issuer, jwks_uri: jwksUri }).flatMap(([name, value]) =>
    value === undefined || isPublic(value, local)
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

function isPublic(text: string, local: boolean): boolean {
  const url = webUrl(text)
  if (url === undefined) return false
  if (isLoopback(url)) return local
  // A provider has a name and not only an address. A name without a dot is one of our own network.
  return /\.[a-z][a-z0-9-]*\.?$/.test(url.hostname) && !/\.(internal|local|localhost)\.?$/.test(url.hostname)
}

function taken(): ServiceError {
  return new ServiceError(
    'identity_provider_taken',
    'This issuer and audience are already registered. They can belong to only one tenant.',
  )
}

function noSuchProvider(): ServiceError {
  return new ServiceError('not_found', 'There is no such identity provider.')
}
