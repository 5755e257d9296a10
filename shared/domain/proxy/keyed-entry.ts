// Who carries a call with an Idempotency-Key out: the first who enters it. Others with its key wait for its end, within
// bounds, and get what is left of it.
import type { Ambient } from '../ambient.ts'
import type { Caller } from '../callers/caller.ts'
import type { ConnectionRef } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { noSuchConnection } from '../connections/reach.ts'
import { ServiceError } from '../errors.ts'
import { poll } from '../repeat.ts'
import { refuseSuspended } from '../tenants/suspension.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import type { TokenPorts } from '../tokens/ports.ts'
import type { CallOutcome, KeyedCall } from './idempotency.ts'
import type { ProxyStorePorts } from './ports.ts'

export const KEPT_SECONDS = DAY_SECONDS
/** A call ends within 25 s, and its function within 29: one that has no end after this was cut off. */
export const CUT_OFF_SECONDS = 35
/** How long a repetition waits for the call that is under way; longer is the caller's to wait. */
const MAX_WAIT_SECONDS = 10
const RETRY_SECONDS = 5

export type EntryPorts = Pick<
  Ambient & ProxyStorePorts & ConnectionPorts & TokenPorts,
  'now' | 'sleep' | 'chance' | 'log' | 'keyedCalls' | 'connections' | 'tokenMemory'
>

export type Entered =
  | { readonly attempt: KeyedCall; readonly earlier?: undefined }
  | { readonly earlier: KeyedCall }

/**
 * Enters a call, or finds what became of the earlier one with its key.
 * @throws ServiceError not_found; *_suspended; idempotency_key_reused; idempotency_in_progress; storage_unavailable
 */
export async function enterCall(
  services: EntryPorts,
  caller: Caller,
  since: EpochSeconds,
  call: Omit<KeyedCall, 'state' | 'expiresAt'>,
): Promise<Entered> {
  let earlier: KeyedCall | undefined
  return poll<Entered>(services, async () => {
    const now = services.now()
    const state = { status: 'started', until: later(now, CUT_OFF_SECONDS) } as const
    const attempt = { ...call, state, expiresAt: later(now, KEPT_SECONDS) }
    // One that was not carried out is gone by then, and it is this call's turn.
    earlier = (earlier && (await services.keyedCalls.get(call, now))) ?? (await begin(services, attempt, now))
    if (earlier === undefined) return { attempt }
    await mustBeSeen(services, caller, call)
    if (earlier.fingerprint !== call.fingerprint) throw keyReused()
    if (!isUnderWay(earlier, now)) return { earlier }
    if (now >= later(since, MAX_WAIT_SECONDS)) throw inProgress()
    return undefined
  })
}

/** Notes how a call ended. Its answer is the caller's whatever becomes of this: a repetition is told "unknown" then. */
export async function endCall(services: EntryPorts, attempt: KeyedCall, outcome: CallOutcome): Promise<void> {
  try {
    const expiresAt = later(services.now(), KEPT_SECONDS)
    const ended = await services.keyedCalls.end(attempt, outcome, expiresAt)
    if (!ended) services.log.warn('Another call has taken the idempotency key of one that ended', of(attempt))
  } catch (error) {
    services.log.error('How a call with an idempotency key ended was not stored', { ...of(attempt), error })
  }
}

/** Frees the key of a call that was not carried out. */
export async function forgetCall(services: EntryPorts, attempt: KeyedCall): Promise<void> {
  await services.keyedCalls.forget(attempt).catch((error) => {
    services.log.error('A call that was not carried out was not forgotten', { ...of(attempt), error })
  })
}

async function begin(
  { keyedCalls }: EntryPorts,
  attempt: KeyedCall,
  now: EpochSeconds,
): Promise<KeyedCall | undefined> {
  try {
    const earlier = await keyedCalls.begin(attempt, now)
    // Asked twice, because the store's first answer was lost: it is this very attempt.
    return earlier?.attempt === attempt.attempt ? undefined : earlier
  } catch (error) {
    // It may have been entered all the same, and nothing was sent.
    await keyedCalls.forget(attempt).catch(() => {})
    throw error
  }
}

/** What is kept is shown to nobody who could not make the call, nor while nobody may. */
async function mustBeSeen(
  { connections, tokenMemory, now }: EntryPorts,
  { tenant, actor }: Caller,
  ref: ConnectionRef,
): Promise<void> {
  const known = tokenMemory.recall(ref, now())?.connection ?? (await connections.get(ref))
  const isTheirs = actor.kind !== 'end_user' || known?.endUser.id === actor.id
  if (known === undefined || !isTheirs) throw noSuchConnection()
  refuseSuspended(tenant, known)
}

function isUnderWay({ state }: KeyedCall, now: EpochSeconds): boolean {
  return state.status === 'started' && now < state.until
}

function of({ tenantId, connectionId }: KeyedCall) {
  return { tenant: tenantId, connection: connectionId }
}

function keyReused(): ServiceError {
  return new ServiceError(
    'idempotency_key_reused',
    'This "Idempotency-Key" was sent with another call (method, path, query, content type and body) within the last 24 hours.',
  )
}

function inProgress(): ServiceError {
  return new ServiceError(
    'idempotency_in_progress',
    'A call with this "Idempotency-Key" is under way. It was not sent again.',
    { retryAfterSeconds: RETRY_SECONDS },
  )
}
