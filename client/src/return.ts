// The page that the browser returns to: it reads the outcome from its URL. In a popup, it reports to the opener and closes.
import { type BrowserWindow, browserWindow } from './browser.ts'

/** Marks the return URL of a popup, so that the same page can serve redirects and popups. */
export const POPUP_MARK = 'connect_popup'
export const SOURCE = 'funnel-connect'

const RETURNED = ['connect_session', 'status', 'connection_id', 'completion_code', 'error', POPUP_MARK]

/** The message from a popup to the page that opened it. It is a hint only: that page reads the session from the service. */
export interface PopupMessage {
  readonly source: typeof SOURCE
  readonly session: string
  readonly status: string
}

export interface Return {
  /** Absent in a popup whose browser did not begin the session: only `error` says why it came back. */
  readonly session: string | undefined
  readonly status: string
  readonly error: string | undefined
  readonly completion_code: string | undefined
  readonly popup: boolean
}

/** Reads the session's parameters from the page's URL and removes them from it. */
export function takeReturn(page: BrowserWindow): Return | undefined {
  const url = new URL(page.location.href)
  const { searchParams: query } = url
  const session = query.get('connect_session') ?? undefined
  if (session === undefined && !(query.has(POPUP_MARK) && query.has('error'))) return undefined
  const returned = {
    session,
    status: query.get('status') ?? '',
    error: query.get('error') ?? undefined,
    completion_code: query.get('completion_code') ?? undefined,
    popup: query.has(POPUP_MARK),
  }
  for (const name of RETURNED) query.delete(name)
  page.history.replaceState(page.history.state, '', url.href)
  return returned
}

export interface FinishOptions {
  /** The origin of the page that opened the popup. Default: the popup's own. */
  readonly opener_origin?: string | undefined
  /** The text that the window shows if it cannot close itself. Default: "Done. You can close this window." */
  readonly text?: string | undefined
}

/**
 * Sends a message to the page that opened the popup, and closes the popup. `complete()` does this, too: use
 * `finishPopup()` in a popup page that does not call `complete()`. Then your back end has to complete "verified" sessions.
 * @returns false when the page's URL names no session
 */
export function finishPopup(options: FinishOptions = {}): boolean {
  const page = browserWindow()
  const returned = takeReturn(page)
  if (returned === undefined) return false
  finish(page, returned.session ?? '', returned.status, options)
  return true
}

export function finish(
  page: BrowserWindow,
  session: string,
  status: string,
  options: FinishOptions = {},
): void {
  const message: PopupMessage = { source: SOURCE, session, status }
  // It reaches pages of this origin even when Cross-Origin-Opener-Policy has separated the popup from its opener.
  const channel = new BroadcastChannel(SOURCE)
  channel.postMessage(message)
  channel.close()
  page.opener?.postMessage(message, options.opener_origin ?? page.location.origin)
  page.close()
  if (!page.closed) page.document.body.textContent = options.text ?? 'Done. You can close this window.'
}
