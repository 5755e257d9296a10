// Connects from a page, by redirect or in a popup.
import type { Connection, ConnectSession, ConnectSessionRequest } from './api.ts'
import type { BrowserWindow, Popup, WindowMessage } from './browser.ts'
import { Problem } from './problem.ts'
import { finish, POPUP_MARK, type PopupMessage, type Return, SOURCE, takeReturn } from './return.ts'
import { pause } from './transport.ts'

/** `end_user` is required with an API key. With a JWT, the service takes the end user from it. */
export type SessionRequest = Pick<ConnectSessionRequest, 'return_url'> & Partial<ConnectSessionRequest>

export interface ConnectOptions extends Partial<ConnectSessionRequest> {
  /** Opens ClickFunnels in a window of its own. Call `connect` directly in the click, or browsers block the window. */
  readonly popup?: boolean | { readonly return_url?: string; readonly features?: string } | undefined
  /**
   * The popup looks closed. It may still be open, because Cross-Origin-Opener-Policy makes an open popup look closed. So
   * `connect` keeps waiting. Offer the button again, and abort `signal` to stop waiting.
   */
  readonly onPopupGone?: (() => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export type ConnectOutcome =
  | { readonly status: 'connected'; readonly session: ConnectSession; readonly connection: Connection }
  | { readonly status: 'denied' | 'failed' | 'expired'; readonly session: ConnectSession }
  /** The browser is leaving this page. `complete()` continues on the page it returns to. */
  | { readonly status: 'redirecting' }
  /** This page is in the popup. The page that opened the popup gets the outcome. */
  | { readonly status: 'handed_over' }

/** A session that was just created. Only its creation gives the link. */
export type StartedSession = ConnectSession & { readonly connect_url: string }

export interface Sessions {
  create(request: SessionRequest, options?: Abortable): Promise<StartedSession>
  get(id: string, options?: Abortable): Promise<ConnectSession>
  complete(id: string, body: CompleteBody, options?: Abortable): Promise<Connection>
}

export interface Abortable {
  readonly signal?: AbortSignal | undefined
}

export interface CompleteBody {
  /** The user who is logged in now. Required with an API key; with a JWT, the service takes the user from it. */
  readonly end_user?: { readonly id: string }
  /** The parameter `completion_code` of the return URL. The service requires it, with an API key, too. */
  readonly completion_code: string
}

/** `FunnelConnect.complete()` reads the completion code from the page's URL. */
export type CompleteOptions = Partial<CompleteBody> & Abortable

interface Ports {
  readonly sessions: Sessions
  readonly connection: (id: string, options?: Abortable) => Promise<Connection>
}

const POLL_SECONDS = 2
/** Polls in a row that may fail before `connect` throws. */
const MAX_FAILURES = 10

export async function connect(
  page: BrowserWindow,
  ports: Ports,
  options: ConnectOptions,
): Promise<ConnectOutcome> {
  const { popup: wanted, onPopupGone, signal, ...request } = options
  const look = typeof wanted === 'object' ? wanted : {}
  // Before the first await, because browsers let only the click itself open a window.
  const popup = wanted ? page.open('', SOURCE, look.features ?? centeredOn(page)) : null
  popup?.focus()
  const returnUrl = new URL(
    (popup && look.return_url) || request.return_url || page.location.href,
    page.location.href,
  )
  returnUrl.hash = ''
  if (popup) returnUrl.searchParams.set(POPUP_MARK, '1')
  try {
    const session = await ports.sessions.create({ ...request, return_url: returnUrl.href }, { signal })
    if (popup === null) {
      page.location.assign(session.connect_url)
      return { status: 'redirecting' }
    }
    popup.location.replace(session.connect_url)
    return await waitForOutcome(page, ports, session.id, { signal, popup, onPopupGone })
  } catch (error) {
    popup?.close()
    throw error
  }
}

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
  ports: Ports,
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
  ports: Ports,
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
  { sessions }: Ports,
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

interface Watch extends Pick<ConnectOptions, 'signal' | 'onPopupGone'> {
  readonly popup?: Popup
}

/** Polls the session until it has ended. A message from the popup makes it poll at once. */
async function waitForOutcome(
  page: BrowserWindow,
  ports: Ports,
  id: string,
  { signal, popup, onPopupGone }: Watch,
): Promise<ConnectOutcome> {
  let wake = () => {}
  const onMessage = ({ data }: WindowMessage) => {
    const { source, session } = (data ?? {}) as Partial<PopupMessage>
    if (source === SOURCE && session === id) wake()
  }
  const channel = new BroadcastChannel(SOURCE)
  channel.onmessage = onMessage
  page.addEventListener('message', onMessage)
  let failures = 0
  let gone = false
  try {
    for (;;) {
      // Before the request, so that a message during it is not missed.
      const woken = new Promise<void>((resolve) => (wake = resolve))
      try {
        const outcome = await outcomeOf(ports, await ports.sessions.get(id, { signal }), signal)
        if (outcome) return outcome
        failures = 0
      } catch (error) {
        const transient = error instanceof Problem && (error.status === 0 || error.status >= 500)
        if (!transient || ++failures >= MAX_FAILURES) throw error
      }
      if (popup?.closed && !gone) {
        gone = true
        onPopupGone?.()
      }
      await Promise.race([pause(POLL_SECONDS, signal), woken])
    }
  } finally {
    page.removeEventListener('message', onMessage)
    channel.close()
  }
}

/** The outcome of a session; undefined while it has not ended. */
async function outcomeOf(
  { connection }: Ports,
  session: ConnectSession,
  signal: AbortSignal | undefined,
): Promise<ConnectOutcome | undefined> {
  const { status } = session
  switch (status) {
    case 'connected':
      return { status, session, connection: await connection(session.connection_id as string, { signal }) }
    case 'denied':
    case 'failed':
    case 'expired':
      return { status, session }
    default:
      return undefined
  }
}

function centeredOn({ screenX, screenY, outerWidth, outerHeight }: BrowserWindow): string {
  const [width, height] = [560, 720]
  const left = Math.round(screenX + (outerWidth - width) / 2)
  const top = Math.round(screenY + (outerHeight - height) / 2)
  return `popup,width=${width},height=${height},left=${left},top=${top}`
}
