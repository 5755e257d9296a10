// How ClickFunnels signs what it sends: hex HMAC-SHA256 of `<timestamp>.<raw body>`. The key is the secret's text, 64 hex
// characters, and not the bytes that they stand for.
// @see https://developers.myclickfunnels.com/docs/webhook-signature-verification
import { createHmac } from 'node:crypto'
import { equalSecrets } from '../hash.ts'
import type { Secret } from '../secret.ts'
import type { EpochSeconds } from '../time.ts'

/** How far the time of an attempt may be from ours, both ways. */
export const TOLERANCE_SECONDS = 600

export interface SignedRequest {
  /** `X-Webhook-ClickFunnels-Timestamp`: seconds since 1970, of the attempt. */
  readonly timestamp: string | undefined
  /** `X-Webhook-ClickFunnels-Signature`. */
  readonly signature: string | undefined
  readonly body: Uint8Array
}

/** Whether ClickFunnels signed the request with this secret, less than ten minutes ago. */
export function isSigned(
  secret: Secret,
  { timestamp, signature, body }: SignedRequest,
  now: EpochSeconds,
): boolean {
  if (timestamp === undefined || signature === undefined || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(Number(timestamp) - now) > TOLERANCE_SECONDS) return false
  return equalSecrets(signature, signatureOf(secret, timestamp, body))
}

export function signatureOf(secret: Secret, timestamp: string, body: Uint8Array): string {
  return createHmac('sha256', secret.reveal()).update(`${timestamp}.`).update(body).digest('hex')
}
