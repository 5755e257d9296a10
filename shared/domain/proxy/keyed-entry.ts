// Decides which of the calls with one Idempotency-Key is carried out: the first. The others wait for its end, within
// bounds, and get its result.
import type { Ambient } from '../ambient.ts'
import type { Caller } from '../callers/caller.ts'
import type { ConnectionRef } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import { noSuchConnection } from '../connections/reach.ts'
import { ServiceError } from '../errors.ts'
import { poll } from '../repeat.ts'
import { refuseSuspended } from '../tenants/suspension.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import type { CallOutcome, KeyedCall } from './idempotency.ts'
import type { ProxyStorePorts } from './ports.ts'

export const KEPT_SECONDS = DAY_SECONDS
/** A call ends within 25 s, and its function within 29 s. A call without an end after this time was cut off. */
export const CUT_OFF_SECONDS = 35
/** How long a repetition waits for the call that is under way. If it takes longer, the caller has to wait. */
const MAX_WAIT_SECONDS = 10
const RETRY_SECONDS = 5

export type EntryPorts = Pick<
  Ambient & ProxyStorePorts & ConnectionPorts,
  'now' | 'sleep' | 'chance' | 'log' | 'keyedCalls' | 'connections'
>

export type Entered =
  | { readonly attempt: KeyedCall; readonly earlier?: undefined }
  | { readonly earlier: KeyedCall }

/**
 * Stores the beginning of a call, or finds how the earlier call with its key ended.
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
    // An earlier call that was not carried out is gone when it is read again. Then this call begins.
    earlier = (earlier && (await services.keyedCalls.get(call, now))) ?? (await begin(services, attempt, now))
    if (earlier === undefined) return { attempt }
    await requireAccess(services, caller, call)
    if (earlier.fingerprint !== call.fingerprint) throw keyReused()
    if (!isUnderWay(earlier, now)) return { earlier }
    if (now >= later(since, MAX_WAIT_SECONDS)) throw inProgress()
    return undefined
  })
}

/** Stores how a call ended. If that fails, the caller still gets the answer, and a repetition gets "unknown". */
export async function endCall(services: EntryPorts, attempt: KeyedCall, outcome: CallOutcome): Promise<void> {
  try {
    const expiresAt = later(services.now(), KEPT_SECONDS)
    const ended = await services.keyedCalls.end(attempt, outcome, expiresAt)
    if (!ended)
      services.log.warn(
        'The idempotency key of a call that ended belongs to another call by now',
        of(attempt),
      )
  } catch (error) {
    services.log.error('The end of a call with an idempotency key was not stored', { ...of(attempt), error })
  }
}

/** Frees the key of a call that was not carried out. */
export async function forgetCall(services: EntryPorts, attempt: KeyedCall): Promise<void> {
  await services.keyedCalls.forget(attempt).catch((error) => {
    services.log.error('The idempotency key of a call that was not carried out was not freed', {
      ...of(attempt),
      error,
    })
  })
}

async function begin(
  { keyedCalls }: EntryPorts,
  attempt: KeyedCall,
  now: EpochSeconds,
): Promise<KeyedCall | undefined> {
  try {
    const earlier = await keyedCalls.begin(attempt, now)
    // The same attempt is found when the adapter repeated the write because the store's first answer was lost.
    return earlier?.attempt === attempt.attempt ? undefined : earlier
  } catch (error) {
    // The write may have succeeded all the same, and no call was sent.
    await keyedCalls.forget(attempt).catch(() => {})
    throw error
  }
}

/**
 * Refuses a caller that may not make the call, so that it does not see a stored answer either. The connection is read
 * from the store: from the process's memory, the answer could be seen for 5 s after the connection was deleted.
 */
async function requireAccess(
  { connections }: EntryPorts,
  { tenant, actor }: Caller,
  ref: ConnectionRef,
): Promise<void> {
  const known = await connections.get(ref)
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
    'This "Idempotency-Key" was used within the last 24 hours for another call (method, path, query, content type or body differ). The call was not sent.',
  )
}

function inProgress(): ServiceError {
  return new ServiceError(
    'idempotency_in_progress',
    'An earlier call with this "Idempotency-Key" is still in progress. This call was not sent.',
    { retryAfterSeconds: RETRY_SECONDS },
  )
}
