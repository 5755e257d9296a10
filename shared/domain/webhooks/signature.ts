// The signature of a webhook (Standard Webhooks 1.0): base64 HMAC-SHA256 of "id.timestamp.body", keyed with the bytes that the
// secret's base64 stands for. While a secret is replaced, there is a signature of each, separated by spaces.
// @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
import { createHmac } from 'node:crypto'
import { Secret } from '../secret.ts'
import type { EpochSeconds } from '../time.ts'

const PREFIX = 'whsec_'

export interface Signed {
  /** The id of the event, the same for every attempt. */
  readonly id: string
  /** When the attempt was made. */
  readonly timestamp: EpochSeconds
  readonly body: string
}

export function secretOf(key: Uint8Array): Secret {
  return new Secret(`${PREFIX}${Buffer.from(key).toString('base64')}`)
}

/** The headers of an attempt. */
export function signedHeaders(
  signed: Signed,
  secrets: readonly Secret[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  return {
    'webhook-id': signed.id,
    'webhook-timestamp': String(signed.timestamp),
    'webhook-signature': secrets.map((secret) => signatureOf(signed, secret)).join(' '),
  }
}

function signatureOf({ id, timestamp, body }: Signed, secret: Secret): string {
  const key = Buffer.from(secret.reveal().slice(PREFIX.length), 'base64')
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}
