// Signs the operator's requests for a deployed API (AWS SigV4), with the AWS SDK's own signer and its default chain of
// credentials: environment, profile, SSO, instance. Which service and region: the API's host says it, or --region.
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

/** Gives the headers to send. */
export type Sign = (request: Outgoing) => Promise<Readonly<Record<string, string>>>

/** The signer wants a hash, keyed or not, as a class. */
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

/** @throws UsageError when nothing names the region */
export function signerFor(api: URL, region: string | undefined): Sign {
  const named =
    region ?? /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com/.exec(api.hostname)?.[1] ?? process.env.AWS_REGION
  if (named === undefined) {
    throw new UsageError(
      `Which region is ${api.host} in? Give --region, or set AWS_REGION: requests are signed for it.`,
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
