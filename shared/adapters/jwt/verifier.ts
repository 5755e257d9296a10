// Verifies end users' JWTs with jose (RFC 7515, 7519, 8725). It is loaded with the first JWT of a process.
import { errors, type JWTHeaderParameters, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import type { Claims, TokenVerifier } from '#domain/callers/end-user-token.ts'
import type { IdentityProvider } from '#domain/callers/identity-provider.ts'
import { ServiceError } from '#domain/errors.ts'
import { DAY_SECONDS, type EpochSeconds } from '#domain/time.ts'
import { JwksKeys, type KeySet } from './jwks-cache.ts'
import { jwksFetcher } from './jwks-fetch.ts'

/** The clocks of providers and of this service differ. */
const TOLERANCE_SECONDS = 30
/** A token that lasts longer is no session of a person: it is refused, because it could not be taken back. */
const MAX_REMAINING_SECONDS = 31 * DAY_SECONDS
/** The types of JWT that grant access (RFC 9068). Logout tokens and security events are signed by the same keys. */
const TYPES = ['jwt', 'at+jwt']
/** How many keys are tried if their ids do not distinguish them. */
const MAX_CANDIDATES = 5

/** @param local whether identity providers may be on this machine, because the service itself runs on loopback */
export function tokenVerifier(local: boolean): JwtVerifier {
  return new JwtVerifier(new JwksKeys(jwksFetcher(local)))
}

export class JwtVerifier implements TokenVerifier {
  readonly #keys: JwksKeys

  constructor(keys: JwksKeys) {
    this.#keys = keys
  }

  async verify(token: string, provider: IdentityProvider, now: EpochSeconds): Promise<Claims | undefined> {
    const header = headerOf(token)
    if (header === undefined || !isAcceptable(header, provider)) return undefined
    const keySet = await this.#keys.keySet(provider.jwksUri, header.kid)
    if (keySet === undefined) throw unavailable(this.#keys.troubleWith(provider.jwksUri))
    const payload = await payloadOf(token, keySet, {
      algorithms: [...provider.algorithms],
      issuer: provider.issuer,
      ...(provider.audienceClaim === 'aud' && { audience: provider.audience }),
      requiredClaims: ['exp'],
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: new Date(now * 1000),
    })
    if (payload?.exp === undefined || payload.exp - now > MAX_REMAINING_SECONDS) return undefined
    const named = provider.audienceClaim === 'aud' || payload[provider.audienceClaim] === provider.audience
    return named ? payload : undefined
  }
}

/**
 * The claims of a token that one of the keys signed. A published key that cannot be used (a modulus that is too short, a
 * point off the curve) makes the platform throw its own errors, and verifies nothing either.
 */
async function payloadOf(
  token: string,
  keySet: KeySet,
  options: JWTVerifyOptions,
): Promise<JWTPayload | undefined> {
  try {
    return (await jwtVerify(token, keySet, options)).payload
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return undefined
    let tried = 0
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch(() => undefined)
      if (verified !== undefined) return verified.payload
      tried += 1
      if (tried === MAX_CANDIDATES) break
    }
    return undefined
  }
}

function isAcceptable({ alg, typ, crit, kid }: JWTHeaderParameters, provider: IdentityProvider): boolean {
  const type = typ?.toLowerCase().replace(/^application\//, '') ?? 'jwt'
  // We support no extension, so no critical one can be understood (RFC 7515 section 4.1.11).
  if (crit !== undefined || !TYPES.includes(type)) return false
  if (kid !== undefined && typeof kid !== 'string') return false
  return provider.algorithms.some((algorithm) => algorithm === alg)
}

function headerOf(token: string): JWTHeaderParameters | undefined {
  try {
    const header = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString())
    const { alg, typ = 'JWT' } = header
    return typeof alg === 'string' && typeof typ === 'string' ? header : undefined
  } catch {
    return undefined
  }
}

function unavailable(cause: unknown): ServiceError {
  return new ServiceError(
    'identity_provider_unavailable',
    "The keys of the tenant's identity provider could not be fetched. Try again.",
    { retryAfterSeconds: 5, cause },
  )
}
