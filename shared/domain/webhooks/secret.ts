// The secrets of an endpoint. A replaced secret goes on signing beside the new one for a day, so that the receiver can change over
// without losing a webhook. KMS makes and encrypts them, for this purpose only: the function that sends webhooks can open these
// secrets and no others.
import type { Brand, EndpointId, TenantId } from '../ids.ts'
import type { Secret } from '../secret.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'

/** A secret as KMS encrypted it. */
export type WrappedSecret = Brand<Uint8Array, 'WrappedSecret'>

export const OVERLAP_SECONDS = DAY_SECONDS
/** Whoever rotates more often within a day ends the oldest secret early. */
export const MAX_SECRETS = 10

export interface EndpointSecret {
  /** Its number among the endpoint's secrets. */
  readonly serial: number
  readonly wrapped: WrappedSecret
  readonly createdAt: EpochSeconds
  /** When it stops signing. Absent for the newest. */
  readonly endsAt?: EpochSeconds
}

/** Where a secret belongs. KMS opens it for no other place. */
export interface SecretBinding {
  readonly tenantId: TenantId
  readonly endpointId: EndpointId
  readonly serial: number
}

/** Makes secrets. Who may make them cannot open those that were made. */
export interface SecretMaker {
  /** 32 random bytes, as "whsec_" and base64. */
  make(binding: SecretBinding): Promise<{ readonly secret: Secret; readonly wrapped: WrappedSecret }>
}

/** Opens secrets, to sign with them. */
export interface SecretOpener {
  open(binding: SecretBinding, wrapped: WrappedSecret): Promise<Secret>
}

/** The secrets that sign now, newest first. */
export function signingSecrets(
  secrets: readonly EndpointSecret[],
  now: EpochSeconds,
): readonly EndpointSecret[] {
  return secrets.filter(({ endsAt }) => endsAt === undefined || endsAt > now)
}

/** Puts a new secret before the others. Those that signed until now end after the overlap. */
export function withNewest(
  secrets: readonly EndpointSecret[],
  newest: EndpointSecret,
  now: EpochSeconds,
): readonly EndpointSecret[] {
  const former = signingSecrets(secrets, now).map((secret) => ({
    ...secret,
    endsAt: secret.endsAt ?? later(now, OVERLAP_SECONDS),
  }))
  return [newest, ...former].slice(0, MAX_SECRETS)
}
