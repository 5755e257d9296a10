// What the bundles to compare with are asked to do: read an item, open a key, call upstream.
import type { AttributeValue } from '@aws-sdk/client-dynamodb'

export interface Calls {
  readonly table: string
  readonly key: Record<string, AttributeValue>
  readonly keyArn: string
  /** Base64. */
  readonly wrapped: string
  readonly encryptionContext: Record<string, string>
  readonly upstream: string
}

export function callsFrom({ wrapped, ...calls }: Calls) {
  return { ...calls, ciphertext: Buffer.from(wrapped, 'base64') }
}
