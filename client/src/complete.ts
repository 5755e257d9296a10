// Completes a session on the page that the browser returns to.
import { outcomeOf, waitForOutcome } from './await-outcome.ts'
import type { BrowserWindow } from './browser.ts'
import { Problem } from './problem.ts'
import { finish, type Return, takeReturn } from './return.ts'
import type { CompleteBody, CompleteOptions, ConnectOutcome, SessionPorts } from './sessions.ts'

interface Completion {
  readonly outcome: Promise<ConnectOutcome | undefined>
  readonly stop: AbortController
  waiting: number
}

/** React's StrictMode runs each effect twice, and only the first call finds the session in the URL: both get its outcome. */
const underWay = new WeakMap<BrowserWindow, Completion>()

/** Completes once, however many callers wait for it. It is given up when the last of them is. */
export async function complete(
  page: BrowserWindow,
  ports: SessionPorts,
  { signal, ...body }: CompleteOptions,
): Promise<ConnectOutcome | undefined> {
  const returned = takeReturn(page)
  if (returned) {
    const stop = new AbortController()
    const outcome = completed(page, ports, returned, { ...body, signal: stop.signal })
    const begun = { outcome, stop, waiting: 0 }
    underWay.set(page, begun)
    const end = () => underWay.get(page) === begun && underWay.delete(page)
    outcome.then(end, end)
  }
  const completion = underWay.get(page)
  if (!completion) return undefined
  completion.waiting++
  const givenUp = new Promise<never>((_, reject) => {
    const abort = () => {
      reject(signal?.reason)
      completion.waiting--
      // Later, because StrictMode calls again right after it gave the first call up.
      setTimeout(() => completion.waiting || completion.stop.abort(signal?.reason))
    }
    if (signal?.aborted) abort()
    signal?.addEventListener('abort', abort, { once: true })
  })
  return Promise.race([completion.outcome, givenUp])
}

/**
 * Completes the session that the page's URL names, for the user who is logged in here. Only the page that the browser
 * returns to does this (in a popup, the page inside it), never the page that waits. So when an attacker sends the link
 * of an own session to a victim, the session is completed with the victim's login, and the service refuses it.
 */
async function completed(
  page: BrowserWindow,
  ports: SessionPorts,
  returned: Return,
  { signal, ...body }: CompleteOptions,
): Promise<ConnectOutcome | undefined> {
  const { session: id, status, error, completion_code } = returned
  const shown = { ...(completion_code !== undefined && { completion_code }), ...body }
  if (id === undefined) {
    // The service names no session to a browser that did not begin it: there is nothing to complete here.
    if (!returned.popup) return undefined
    finish(page, '', status)
    return { status: 'handed_over' }
  }
  const refusal = status === 'awaiting_completion' && (await refusalOf(ports, id, shown, signal))
  if (returned.popup) {
    finish(page, id, status)
    return { status: 'handed_over' }
  }
  if (refusal) throw refusal
  if (error === undefined) return waitForOutcome(page, ports, id, { signal })
  // This browser did not get through, but the session may have continued in another one.
  const session = await ports.sessions.get(id, { signal })
  return (await outcomeOf(ports, session, signal)) ?? { status: 'failed', session: { ...session, error } }
}

/** Completes a session. It returns the error instead of throwing it, because a popup has to close in either case. */
async function refusalOf(
  { sessions }: SessionPorts,
  id: string,
  { completion_code = '', ...body }: Partial<CompleteBody>,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    await sessions.complete(id, { completion_code, ...body }, { signal })
  } catch (error) {
    // Another tab may have completed it, or the response to an earlier attempt was lost: the session's status tells.
    if (!(error instanceof Problem && error.code === 'session_not_completable')) return error
  }
  return undefined
}
