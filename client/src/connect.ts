// Connecting from a page: there and back by redirect, or in a popup beside the page.
import type { Connection, ConnectSession, ConnectSessionRequest } from './api.ts'
import type { BrowserWindow, Popup, WindowMessage } from './browser.ts'
import { Problem } from './problem.ts'
import { finish, POPUP_MARK, type PopupMessage, SOURCE, takeReturn } from './return.ts'
import { pause } from './transport.ts'

/** The end user is needed with an API key; a JWT says who it is. */
export type SessionRequest = Pick<ConnectSessionRequest, 'return_url'> & Partial<ConnectSessionRequest>

export interface ConnectOptions extends Partial<ConnectSessionRequest> {
  /** In a window of its own, opened at once: call `connect` directly in the click. */
  readonly popup?: boolean | { readonly return_url?: string; readonly features?: string } | undefined
  /**
   * The popup looks closed. It may also have been cut off from this page (Cross-Origin-Opener-Policy) and go on, so
   * `connect` waits on: offer the button again, and abort with `signal` if you do not want to wait.
   */
  readonly onPopupGone?: (() => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export type ConnectOutcome =
  | { readonly status: 'connected'; readonly session: ConnectSession; readonly connection: Connection }
  | { readonly status: 'denied' | 'failed' | 'expired'; readonly session: ConnectSession }
  /** The page is being left; `complete()` goes on when the browser is back. */
  | { readonly status: 'redirecting' }
  /** This page is the end of a popup; the page that opened it goes on. */
  | { readonly status: 'handed_over' }

/** The calls that connecting needs. */
export interface Sessions {
  create(request: SessionRequest, options?: Abortable): Promise<ConnectSession>
  get(id: string, options?: Abortable): Promise<ConnectSession>
  complete(id: string, body?: CompleteBody, options?: Abortable): Promise<Connection>
}

export interface Abortable {
  readonly signal?: AbortSignal | undefined
}

export interface CompleteBody {
  /** Who is logged in now; with a JWT it says so itself. */
  readonly end_user?: { readonly id: string }
  /** What the return URL was called with; `complete()` of the client reads it there. */
  readonly completion_code?: string | undefined
}

interface Ports {
  readonly sessions: Sessions
  readonly connection: (id: string, options?: Abortable) => Promise<Connection>
}

const POLL_SECONDS = 2
/** Polls that may fail in a row before it is given up. */
const MAX_FAILURES = 10

export async function connect(
  page: BrowserWindow,
  ports: Ports,
  options: ConnectOptions,
): Promise<ConnectOutcome> {
  const { popup: wanted, onPopupGone, signal, ...request } = options
  const look = typeof wanted === 'object' ? wanted : {}
  // Before anything is awaited: browsers let a click open a window only at once.
  const popup = wanted ? page.open('', SOURCE, look.features ?? beside(page)) : null
  popup?.focus()
  const returnUrl = new URL(
    (popup && look.return_url) || request.return_url || page.location.href,
    page.location.href,
  )
  returnUrl.hash = ''
  if (popup) returnUrl.searchParams.set(POPUP_MARK, '1')
  try {
    const session = await ports.sessions.create({ ...request, return_url: returnUrl.href }, { signal })
    const link = session.connect_url as string
    if (popup === null) {
      page.location.assign(link)
      return { status: 'redirecting' }
    }
    popup.location.replace(link)
    return await ended(page, ports, session.id, { signal, popup, onPopupGone })
  } catch (error) {
    popup?.close()
    throw error
  }
}

/**
 * Goes on after the return: completes the session that the page's URL names, for whoever is logged in here. Only the
 * page at the return does that, the popup's own too, and never the page that waits: so a link that somebody made for
 * themselves and sent to somebody else ends at that one's login, where it is refused.
 */
export async function complete(
  page: BrowserWindow,
  ports: Ports,
  { signal, ...body }: CompleteBody & Abortable,
): Promise<ConnectOutcome | undefined> {
  const returned = takeReturn(page)
  if (returned === undefined) return undefined
  const { session: id, status, error, completion_code } = returned
  const shown = { completion_code, ...body }
  const refusal = status === 'awaiting_completion' && (await refusalOf(ports, id, shown, signal))
  if (returned.popup) {
    finish(page, id, status)
    return { status: 'handed_over' }
  }
  if (refusal) throw refusal
  if (error === undefined) return ended(page, ports, id, { signal })
  // The browser did not get through, though the session itself may still be open.
  const session = await ports.sessions.get(id, { signal })
  return (await settled(ports, session, signal)) ?? { status: 'failed', session: { ...session, error } }
}

/** Completes a session. What is wrong with that is given back: a popup has to end itself whatever it is. */
async function refusalOf(
  { sessions }: Ports,
  id: string,
  body: CompleteBody,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  try {
    await sessions.complete(id, body, { signal })
  } catch (error) {
    // It may be done all the same: by another tab, or with an answer that was lost. The session will say.
    if (!(error instanceof Problem && error.code === 'session_not_completable')) return error
  }
  return undefined
}

interface Watch extends Pick<ConnectOptions, 'signal' | 'onPopupGone'> {
  readonly popup?: Popup
}

/** Asks the service how the session stands until it has ended; a message of the popup makes it ask at once. */
async function ended(
  page: BrowserWindow,
  ports: Ports,
  id: string,
  { signal, popup, onPopupGone }: Watch,
): Promise<ConnectOutcome> {
  let wake = () => {}
  const heard = ({ data }: WindowMessage) => {
    const { source, session } = (data ?? {}) as Partial<PopupMessage>
    if (source === SOURCE && session === id) wake()
  }
  const channel = new BroadcastChannel(SOURCE)
  channel.onmessage = heard
  page.addEventListener('message', heard)
  let failures = 0
  let gone = false
  try {
    for (;;) {
      // Made before the question, so that a message during it is not missed.
      const woken = new Promise<void>((resolve) => (wake = resolve))
      try {
        const outcome = await settled(ports, await ports.sessions.get(id, { signal }), signal)
        if (outcome) return outcome
        failures = 0
      } catch (error) {
        const passing = error instanceof Problem && (error.status === 0 || error.status >= 500)
        if (!passing || ++failures >= MAX_FAILURES) throw error
      }
      if (popup?.closed && !gone) {
        gone = true
        onPopupGone?.()
      }
      await Promise.race([pause(POLL_SECONDS, signal), woken])
    }
  } finally {
    page.removeEventListener('message', heard)
    channel.close()
  }
}

/** What a session has come to, if it has ended. */
async function settled(
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

function beside({ screenX, screenY, outerWidth, outerHeight }: BrowserWindow): string {
  const [width, height] = [560, 720]
  const left = Math.round(screenX + (outerWidth - width) / 2)
  const top = Math.round(screenY + (outerHeight - height) / 2)
  return `popup,width=${width},height=${height},left=${left},top=${top}`
}
