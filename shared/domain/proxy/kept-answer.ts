// An answer as it is kept for an Idempotency-Key: status, headers and body to the byte, compressed and sealed.
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { UpstreamResponse } from '../provider/resource-server.ts'
import { Secret } from '../secret.ts'
import type { Sealed, Sealer, Vault } from '../vault/vault.ts'
import { type KeyedCall, keptAnswerOf } from './idempotency.ts'

/** An item of the store has 400 KB at the most; the rest is room for what lies beside the seal. */
export const MAX_KEPT_BYTES = 380 * 1024

/** Seals an answer for the attempt that got it; `undefined` when it is too large, compressed as it is. */
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
  // JSON holds no line break of its own.
  const end = plain.indexOf('\n')
  return { ...JSON.parse(plain.toString('utf8', 0, end)), body: plain.subarray(end + 1) }
}
