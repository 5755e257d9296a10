// Signs the operator's requests for a deployed API (AWS SigV4). It uses the AWS SDK's signer and its default chain of
// credentials: environment, profile, SSO, instance. The region comes from --region, the API's host or AWS_REGION.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { SignatureV4 } from '@smithy/signature-v4'
import { UsageError } from './faults.ts'

export interface Outgoing {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Returns the headers to send. */
export type Sign = (request: Outgoing) => Promise<Readonly<Record<string, string>>>

/** SHA-256, or HMAC with a key, as the class that the signer expects. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(key))
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data))
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    throw new Error('A hash is used once')
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data)
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data)
}

/** @throws UsageError when the region is unknown */
export function signerFor(api: URL, region: string | undefined): Sign {
  const named =
    region ?? /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(api.hostname)?.[1] ?? process.env.AWS_REGION
  if (named === undefined) {
    throw new UsageError(
      `The AWS region of ${api.host} is unknown, and requests are signed for a region.`,
      'Give --region, or set AWS_REGION.',
    )
  }
  const signer = new SignatureV4({
    service: 'execute-api',
    region: named,
    credentials: defaultProvider(),
    sha256: Sha256,
  })
  return async ({ method, url, headers, body }) => {
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, host: url.host },
      ...(body !== undefined && { body }),
    })
    return signed.headers
  }
}
