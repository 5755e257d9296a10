// Calls that carry an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): what is remembered of one, and when two
// calls are the same. What becomes of a call and of its repetition: keyed-call.ts.
//
//   started ─▶ kept        the answer came whole and is replayed from then on
//          ├─▶ not_kept    carried out, but the answer was too large to be kept
//          ├─▶ unknown     the answer was lost
//          └─▶ (gone)      it was not carried out: the key is free again
//
// One that stays "started" beyond its time was cut off in the middle, and nobody knows how it ended.
import { createHash } from 'node:crypto'
import type { ConnectionRef } from '../connections/connection.ts'
import { sha256 } from '../hash.ts'
import type { Brand } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { SealBinding, Sealed } from '../vault/vault.ts'
import { encodeApiPath } from './api-path.ts'
import type { ProxyRequest } from './proxy.ts'

export type IdempotencyKey = Brand<string, 'IdempotencyKey'>

export type CallOutcome =
  | { readonly status: 'kept'; readonly answer: Sealed }
  | { readonly status: 'not_kept'; readonly upstreamStatus?: number }
  | { readonly status: 'unknown' }

export type CallState = CallOutcome | { readonly status: 'started'; readonly until: EpochSeconds }

/** Which call: the key means something only with the connection, and that with its tenant. */
export interface KeyedRef extends ConnectionRef {
  /** SHA-256 of the key. */
  readonly keyHash: string
}

export interface KeyedCall extends KeyedRef {
  /** Names the one attempt that is carried out, so that no other ends it. */
  readonly attempt: string
  readonly fingerprint: string
  readonly state: CallState
  /** When the key is free again. */
  readonly expiresAt: EpochSeconds
}

export interface KeyedCalls {
  /** Enters a call. If there is one with its key that has not expired, that one is given instead and stays as it is. */
  begin(call: KeyedCall, now: EpochSeconds): Promise<KeyedCall | undefined>
  /** `undefined` when it has expired, too. */
  get(ref: KeyedRef, now: EpochSeconds): Promise<KeyedCall | undefined>
  /** Notes how an attempt ended, if it is still the one that counts; false if not. */
  end(call: KeyedCall, outcome: CallOutcome, expiresAt: EpochSeconds): Promise<boolean>
  /** Forgets an attempt that was not carried out. */
  forget(call: KeyedCall): Promise<void>
}

const KEY = /^[!#-+\--[\]-~]{1,255}$/

/**
 * Takes the value of the header: a string of RFC 8941, in quotes, or the same without them, as most clients send it.
 * @returns `undefined` when it is empty, longer than 255 characters, or holds a blank, a comma (two headers, joined),
 *   a quote, a backslash or anything beyond ASCII
 */
export function parseIdempotencyKey(value: string): IdempotencyKey | undefined {
  const key = /^"(.*)"$/.exec(value)?.[1] ?? value
  return KEY.test(key) ? (key as IdempotencyKey) : undefined
}

export function keyHashOf(key: IdempotencyKey): string {
  return sha256(key)
}

/**
 * What two calls have to have in common to be the same. The key is part of it, and stored nowhere else: whoever reads the
 * table cannot find out by trying what a body held.
 */
export function fingerprintOf(key: IdempotencyKey, request: ProxyRequest): string {
  const { method, segments, rawQuery, headers, body } = request
  const contentType = headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  const path = segments === undefined ? '' : encodeApiPath(segments)
  const hash = createHash('sha256')
  hash.update(JSON.stringify([key, method, path, rawQuery, contentType]))
  return hash.update(body ?? '').digest('hex')
}

/** Where the answer of an attempt belongs: moved to another key, connection or tenant, it does not open. */
export function keptAnswerOf({ tenantId, connectionId, keyHash, attempt }: KeyedCall): SealBinding {
  return { tenantId, record: `${connectionId}/${keyHash}/${attempt}`, generation: 0, field: 'answer' }
}
