// Authenticates an end user by JWT: finds the tenant by issuer and audience, verifies the token, gives the caller.
//
// A process keeps three things, each in a cache of its own:
//   registrations   60 s   the identity provider of an issuer and audience, with its tenant as it was then
//   verified        60 s   that a token (by its hash) was verified against that registration; never beyond the token's expiry
//   strangers        5 s   that no registration matches. Short, so that a new registration works soon; and apart, so that
//                          invented issuers do not push out the known ones
import type { Ambient } from '#domain/ambient.ts'
import { CallerRefused } from '#domain/callers/caller.ts'
import { addressOf, endUserOf, type TokenAddress } from '#domain/callers/end-user-token.ts'
import type { IdentityProvider } from '#domain/callers/identity-provider.ts'
import type { CallerPorts } from '#domain/callers/ports.ts'
import { ServiceError } from '#domain/errors.ts'
import { sha256 } from '#domain/hash.ts'
import type { TenancyPorts } from '#domain/tenants/ports.ts'
import type { EndUser, Tenant } from '#domain/tenants/tenant.ts'
import type { EpochSeconds } from '#domain/time.ts'
import type { Admitted } from './admitted.ts'
import { ExpiringCache } from './expiring-cache.ts'

const CACHE_SECONDS = 60
const CACHED_TOKENS = 5000
const CACHED_REGISTRATIONS = 1000
const STRANGER_SECONDS = 5
const CACHED_STRANGERS = 1000

interface Registration {
  readonly provider: IdentityProvider
  /** Absent if the tenant is gone. */
  readonly tenant: Tenant | undefined
}

interface Verified {
  readonly endUser: EndUser
  readonly expiresAt: EpochSeconds
}

type Ports = Pick<
  TenancyPorts & CallerPorts & Ambient,
  'tenants' | 'identityProviders' | 'tokenVerifier' | 'now'
>

/** Builds the authentication of end users for a process. It gives `undefined` for a text that is no JWT of any tenant. */
export function endUserAuthentication(services: Ports): (token: string) => Promise<Admitted | undefined> {
  const registrations = new ExpiringCache<Registration>(CACHE_SECONDS, CACHED_REGISTRATIONS)
  const strangers = new ExpiringCache<readonly IdentityProvider[]>(
    STRANGER_SECONDS,
    CACHED_STRANGERS,
    ({ length }) => length === 0,
  )
  const verified = new ExpiringCache<Verified>(CACHE_SECONDS, CACHED_TOKENS)

  /**
   * The registrations of a token's audiences, read in one call. They are kept by issuer and audience, and not by all that a
   * token names: invented audiences beside a known one push nothing out.
   */
  async function registrationsOf({ issuer, audiences }: TokenAddress): Promise<readonly Registration[]> {
    const place = (audience: string) => JSON.stringify([issuer, audience])
    const unknown = audiences.filter((audience) => registrations.peek(place(audience)) === undefined)
    if (unknown.length > 0) {
      const find = () => services.identityProviders.find(issuer, unknown)
      const found = await strangers.get(JSON.stringify([issuer, ...unknown]), find)
      await Promise.all(
        found.map((provider) => registrations.get(place(provider.audience), () => withTenant(provider))),
      )
    }
    const all = await Promise.all(audiences.map((audience) => registrations.peek(place(audience))))
    return all.filter((one) => one !== undefined)
  }

  async function withTenant(provider: IdentityProvider): Promise<Registration> {
    return { provider, tenant: await services.tenants.get(provider.tenantId) }
  }

  /**
   * A token may name several registered audiences, such as the API in "aud" and the client in "azp". Then the one counts that
   * the token has in the claim of its registration. If more than one is left, the token is refused: it could act for either.
   */
  async function findRegistration(address: TokenAddress): Promise<Registration | undefined> {
    const found = await registrationsOf(address)
    const { named } = address
    const meant = found.filter(({ provider }) => named[provider.audienceClaim].includes(provider.audience))
    // A single match in another claim is refused by the verification, so that the refusal names the tenant.
    const [registration, ...others] = found.length === 1 ? found : meant
    return others.length > 0 ? undefined : registration
  }

  async function verify(token: string, provider: IdentityProvider, tenant: Tenant): Promise<Verified> {
    const claims = await services.tokenVerifier.verify(token, provider, services.now()).catch((error) => {
      throw error instanceof ServiceError ? new CallerRefused(error, tenant) : error
    })
    const endUser = claims && endUserOf(claims, provider)
    if (claims === undefined || endUser === undefined) {
      const detail = "The JWT has expired, or it does not match the tenant's identity provider."
      throw new CallerRefused(new ServiceError('invalid_credential', detail), tenant)
    }
    return { endUser, expiresAt: claims.exp as EpochSeconds }
  }

  return async (token) => {
    const address = addressOf(token)
    if (address === undefined) return undefined
    const registration = await findRegistration(address)
    if (registration?.tenant === undefined) return undefined
    const { provider, tenant } = registration
    // A changed registration has another key, so the token is verified again.
    const known = sha256(`${provider.id} ${provider.updatedAt} ${token}`)
    let { endUser, expiresAt } = await verified.get(known, () => verify(token, provider, tenant))
    if (expiresAt <= services.now()) ({ endUser, expiresAt } = await verify(token, provider, tenant))
    const actor = { kind: 'end_user', identityProviderId: provider.id, ...endUser } as const
    return { caller: { tenant, actor }, expiresAt: undefined }
  }
}
