// Calls with an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): what is stored of a call, and when two
// calls are the same. keyed-call.ts carries them out.
//
//   started ─▶ kept        the whole answer came, and repetitions get it
//          ├─▶ not_kept    carried out, but the answer was too large to store
//          ├─▶ unknown     the answer was lost
//          └─▶ (gone)      not carried out, so the key is free again
//
// A call that stays "started" beyond its time was cut off, so how it ended is unknown.
import { createHash } from 'node:crypto'
import type { ConnectionRef } from '../connections/connection.ts'
import { sha256 } from '../hash.ts'
import type { Brand } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { SealBinding, Sealed } from '../vault/vault.ts'
import { encodeApiPath } from './api-path.ts'
import type { ProxyRequest } from './proxy-request.ts'

export type IdempotencyKey = Brand<string, 'IdempotencyKey'>

export type CallOutcome =
  | { readonly status: 'kept'; readonly answer: Sealed }
  | { readonly status: 'not_kept'; readonly upstreamStatus?: number }
  | { readonly status: 'unknown' }

export type CallState = CallOutcome | { readonly status: 'started'; readonly until: EpochSeconds }

/** A key is valid within one connection of one tenant. */
export interface KeyedRef extends ConnectionRef {
  /** SHA-256 of the key. */
  readonly keyHash: string
}

export interface KeyedCall extends KeyedRef {
  /** Names the attempt that is carried out, so that no other attempt ends it. */
  readonly attempt: string
  readonly fingerprint: string
  readonly state: CallState
  /** When the key is free again. */
  readonly expiresAt: EpochSeconds
}

export interface KeyedCalls {
  /** Stores a call. If its key has an earlier call that has not expired, that call is returned and stays unchanged. */
  begin(call: KeyedCall, now: EpochSeconds): Promise<KeyedCall | undefined>
  /** `undefined` also when the call has expired. */
  get(ref: KeyedRef, now: EpochSeconds): Promise<KeyedCall | undefined>
  /** Stores how an attempt ended; false if another attempt has the key by now. */
  end(call: KeyedCall, outcome: CallOutcome, expiresAt: EpochSeconds): Promise<boolean>
  /** Deletes an attempt that was not carried out. */
  forget(call: KeyedCall): Promise<void>
}

const KEY = /^[!#-+\--[\]-~]{1,255}$/

/**
 * Reads the value of the header: a string of RFC 8941 in quotes, or the same without quotes, as most clients send it.
 * @returns `undefined` when it is empty, longer than 255 characters, or contains a blank, a comma (two headers,
 * joined),
 *   a quote, a backslash or a character beyond ASCII
 */
export function parseIdempotencyKey(value: string): IdempotencyKey | undefined {
  const key = /^"(.*)"$/.exec(value)?.[1] ?? value
  return KEY.test(key) ? (key as IdempotencyKey) : undefined
}

export function keyHashOf(key: IdempotencyKey): string {
  return sha256(key)
}

/**
 * Hashes what two calls must have in common to be the same. The key is part of it and stored nowhere else, so that a
 * reader of the table cannot guess a body and check the guess.
 */
export function fingerprintOf(key: IdempotencyKey, request: ProxyRequest): string {
  const { method, segments, rawQuery, headers, body } = request
  const contentType = headers.find(([name]) => name === 'content-type')?.[1] ?? ''
  const path = segments === undefined ? '' : encodeApiPath(segments)
  const hash = createHash('sha256')
  hash.update(JSON.stringify([key, method, path, rawQuery, contentType]))
  return hash.update(body ?? '').digest('hex')
}

/** What the answer of an attempt is sealed for. Moved to another key, connection or tenant, it does not open. */
export function keptAnswerOf({ tenantId, connectionId, keyHash, attempt }: KeyedCall): SealBinding {
  return { tenantId, record: `${connectionId}/${keyHash}/${attempt}`, generation: 0, field: 'answer' }
}
