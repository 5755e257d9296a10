// An end user's JWT (RFC 7519): how it is recognised, which tenant it says it is for, and which end user it names. What it
// says before it is verified is used only to find the keys that verify it.

import { isEndUserId } from '../ids.ts'
import type { EndUser } from '../tenants/tenant.ts'
import type { EpochSeconds } from '../time.ts'
import type { IdentityProvider } from './identity-provider.ts'

export type Claims = Readonly<Record<string, unknown>>

export interface TokenVerifier {
  /**
   * The claims of a token. `undefined` unless the provider signed it for its audience, and it is currently valid.
   * @throws ServiceError identity_provider_unavailable if the provider's keys are not known and cannot be fetched
   */
  verify(token: string, provider: IdentityProvider, now: EpochSeconds): Promise<Claims | undefined>
}

const FORM = /^[\w-]+\.([\w-]+)\.[\w-]+$/
/** API Gateway takes 10 KB of headers. */
const MAX_CHARACTERS = 8192
const MAX_AUDIENCES = 10
const MAX_NAME_CHARACTERS = 256

/** Where an unverified token says it belongs. */
export interface TokenAddress {
  readonly issuer: string
  /** All audiences that it names, in any claim. */
  readonly audiences: readonly string[]
  /** The audiences, by the claim that names them. */
  readonly named: Readonly<Record<IdentityProvider['audienceClaim'], readonly string[]>>
}

/** Reads where a token says it belongs. `undefined` if it is no JWT, or names no issuer or no audience. */
export function addressOf(token: string): TokenAddress | undefined {
  if (token.length > MAX_CHARACTERS) return undefined
  const payload = FORM.exec(token)?.[1]
  const claims = payload === undefined ? undefined : parsed(payload)
  if (typeof claims?.iss !== 'string') return undefined
  const named = { aud: textsIn(claims.aud), azp: textsIn(claims.azp), client_id: textsIn(claims.client_id) }
  const audiences = [...new Set(Object.values(named).flat())]
  if (audiences.length === 0 || audiences.length > MAX_AUDIENCES) return undefined
  return { issuer: claims.iss, audiences, named }
}

function textsIn(claim: unknown): readonly string[] {
  return [claim].flat().filter((one) => typeof one === 'string')
}

/**
 * The end user that verified claims name. `undefined` if the claim is missing or cannot be an id. A number that JavaScript
 * cannot hold exactly is no id, because two end users could get the same one.
 */
export function endUserOf(claims: Claims, provider: IdentityProvider): EndUser | undefined {
  const { endUserClaim } = provider
  const claim = claims[endUserClaim]
  const id = typeof claim === 'number' && Number.isSafeInteger(claim) ? String(claim) : claim
  if (typeof id !== 'string' || id === '') return undefined
  const namespaced = inNamespace(id, provider)
  if (namespaced === undefined || !isEndUserId(namespaced)) return undefined
  // An end user can write any address into an account until the provider has verified it.
  const email = claims.email_verified === true ? claims.email : undefined
  const displayName = [claims.name, email].find(isName)
  return { id: namespaced, ...(displayName !== undefined && { displayName }) }
}

/** The ids of a provider whose end users are apart: its own id, a colon, and what the token says. */
const APART = /^idp_[0-9a-z]+:/

/** No provider may name an end user of a provider whose end users are apart. */
function inNamespace(id: string, { id: provider, endUserNamespace }: IdentityProvider): string | undefined {
  if (endUserNamespace === 'identity_provider') return `${provider}:${id}`
  return APART.test(id) ? undefined : id
}

function isName(value: unknown): value is string {
  return (
    typeof value === 'string' && value !== '' && value.length <= MAX_NAME_CHARACTERS && value.isWellFormed()
  )
}

function parsed(payload: string): Claims | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    return typeof claims === 'object' && claims !== null ? (claims as Claims) : undefined
  } catch {
    return undefined
  }
}
