// The answer that is stored for an Idempotency-Key: status, headers and the exact body, compressed and sealed.
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { UpstreamResponse } from '../provider/resource-server.ts'
import { Secret } from '../secret.ts'
import type { Sealed, Sealer, Vault } from '../vault/vault.ts'
import { type KeyedCall, keptAnswerOf } from './idempotency.ts'

/** An item of the store has at most 400 KB. The rest is for the other attributes. */
export const MAX_KEPT_BYTES = 380 * 1024

/** Seals an answer for the attempt that got it; `undefined` when it is too large even when compressed. */
export function sealAnswer(
  seal: Sealer,
  call: KeyedCall,
  { status, headers, body }: UpstreamResponse,
): Sealed | undefined {
  const head = Buffer.from(`${JSON.stringify({ status, headers })}\n`)
  const packed = deflateRawSync(Buffer.concat([head, body])).toString('base64')
  const sealed = packed.length > MAX_KEPT_BYTES ? undefined : seal(keptAnswerOf(call), new Secret(packed))
  return sealed && sealed.byteLength <= MAX_KEPT_BYTES ? sealed : undefined
}

/** @throws ServiceError secret_unreadable */
export async function openAnswer(
  vault: Pick<Vault, 'open'>,
  call: KeyedCall,
  answer: Sealed,
): Promise<UpstreamResponse> {
  const packed = await vault.open(keptAnswerOf(call), answer)
  const plain = inflateRawSync(Buffer.from(packed.reveal(), 'base64'))
  // JSON.stringify writes no line break.
  const end = plain.indexOf('\n')
  return { ...JSON.parse(plain.toString('utf8', 0, end)), body: plain.subarray(end + 1) }
}
