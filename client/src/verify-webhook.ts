// Verifies webhooks (Standard Webhooks 1.0) before a back end believes them. With Web Crypto, so it runs wherever fetch does.
import type { Event } from './api.ts'

export interface Webhook {
  /** The body as it came, before any JSON parser: the signature covers its bytes. */
  readonly body: string | ArrayBuffer | ArrayBufferView<ArrayBuffer>
  /** Of the request: a `Headers`, or an object such as Node's `request.headers`. */
  readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>
  /** The endpoint's signing secret (`whsec_…`). Several while it is rotated: a signature by one of them is enough. */
  readonly secret: string | readonly string[] | undefined
}

/**
 * `header_missing`: it is no webhook, or a proxy removed a header. `timestamp_out_of_range`: the attempt is older than five
 * minutes, or this machine's clock is wrong. `signature_mismatch`: another secret, or the body was changed, for example
 * because it was parsed and serialized again. `not_an_event`: signed, but the body is no event.
 */
export type WebhookErrorCode =
  | 'header_missing'
  | 'timestamp_out_of_range'
  | 'signature_mismatch'
  | 'not_an_event'

/** Answer it with 400. Its message names no secret and no content of the body. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError'
  readonly code: WebhookErrorCode

  constructor(code: WebhookErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

const TOLERANCE_SECONDS = 300
const MIN_SECRET_BYTES = 24
const PREFIX = 'whsec_'
const encoder = new TextEncoder()

/**
 * Verifies a webhook and returns its event. The same event may come more than once: `event.id` tells.
 * @throws WebhookError when the webhook is not to be believed
 * @throws TypeError when the secret or the body is not what this function takes
 */
export async function verifyWebhook({ body, headers, secret }: Webhook): Promise<Event> {
  const keys = [secret ?? []].flat().map(keyOf)
  if (keys.length === 0) throw new TypeError('"secret" is not set.')
  const bytes = bytesOf(body)
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) =>
    headerOf(headers, `webhook-${name}`),
  ) as [string, string, string]
  const age = Date.now() / 1000 - (/^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN)
  if (!(Math.abs(age) <= TOLERANCE_SECONDS)) {
    throw new WebhookError(
      'timestamp_out_of_range',
      `"webhook-timestamp" is not within ${TOLERANCE_SECONDS} seconds of this machine's clock.`,
    )
  }
  const signed = joined(encoder.encode(`${id}.${timestamp}.`), bytes)
  let isGenuine = false
  for (const key of keys) {
    const expected = await signatureOf(key, signed)
    // All are compared, so that the time says nothing about which one was near.
    for (const given of signatures.split(' ')) isGenuine = isSame(given, expected) || isGenuine
  }
  if (!isGenuine) {
    throw new WebhookError(
      'signature_mismatch',
      'No signature in "webhook-signature" is that of this body and secret. Pass the body exactly as it came.',
    )
  }
  return eventIn(bytes)
}

function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  try {
    const key = Uint8Array.from(atob(secret.slice(PREFIX.length)), (character) => character.charCodeAt(0))
    if (secret.startsWith(PREFIX) && key.length >= MIN_SECRET_BYTES) return key
  } catch {
    // The error below covers it.
  }
  throw new TypeError(
    `"secret" must be a signing secret: "${PREFIX}" and at least ${MIN_SECRET_BYTES} bytes in base64.`,
  )
}

function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return encoder.encode(body)
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body))
    return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength)
  throw new TypeError('"body" must be the raw body, as text or bytes. Read it before any JSON parser does.')
}

/** Names of headers have no case (RFC 9110 section 5.1). @throws WebhookError */
function headerOf(headers: Webhook['headers'], name: string): string {
  const value =
    headers instanceof Headers
      ? headers.get(name)
      : Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1]
  const text = Array.isArray(value) ? value[0] : value
  if (!text) throw new WebhookError('header_missing', `The header "${name}" is missing.`)
  return text
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(head.length + tail.length)
  whole.set(head)
  whole.set(tail, head.length)
  return whole
}

async function signatureOf(key: Uint8Array<ArrayBuffer>, signed: Uint8Array<ArrayBuffer>): Promise<string> {
  const { subtle } = crypto
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const imported = await subtle.importKey('raw', key, hmac, false, ['sign'])
  const mac = new Uint8Array(await subtle.sign('HMAC', imported, signed))
  return `v1,${btoa(String.fromCharCode(...mac))}`
}

/** In a time that depends on the lengths alone, which are no secret. */
function isSame(given: string, expected: string): boolean {
  if (given.length !== expected.length) return false
  let difference = 0
  for (let place = 0; place < expected.length; place++)
    difference |= given.charCodeAt(place) ^ expected.charCodeAt(place)
  return difference === 0
}

function eventIn(bytes: Uint8Array<ArrayBuffer>): Event {
  try {
    const event = JSON.parse(new TextDecoder().decode(bytes))
    if (typeof event.id === 'string' && typeof event.type === 'string' && typeof event.data === 'object')
      return event
  } catch {
    // The error below covers it.
  }
  throw new WebhookError('not_an_event', 'The body is signed, but it is not an event of Funnel Connect.')
}
