// The completion code: it goes to the product through the browser that was at ClickFunnels, and to no other.
import { codeChallenge, sha256 } from '../hash.ts'
import { Secret } from '../secret.ts'
import type { ConnectSession, VisibleStatus } from './connect-session.ts'
import { returnLocation } from './product.ts'

/**
 * The completion code of a response: a hash of what only this browser has. So it is not stored, and stays the same when the
 * browser repeats the response.
 */
export function completionCodeFor(state: string, browserSecret: string): Secret {
  return new Secret(codeChallenge(`completion_code ${state} ${browserSecret}`))
}

/** The way back to the product, with the completion code if it is the one that the session waits for. */
export function locationAfter(
  session: ConnectSession,
  status: VisibleStatus,
  completionCode: Secret,
): string {
  const { state } = session
  const isWaiting = state.status === 'awaiting_completion' && status === 'awaiting_completion'
  const fits = isWaiting && state.completionHash === sha256(completionCode.reveal())
  return returnLocation(session, status, fits ? { completionCode } : {})
}
