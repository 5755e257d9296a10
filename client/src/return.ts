// The page that ClickFunnels' answer leads back to: what its URL says, and what a popup does with it.
import { type BrowserWindow, browserWindow } from './browser.ts'

/** Marks the return URL of a popup, so that one page can be the end of both ways. */
export const POPUP_MARK = 'connect_popup'
export const SOURCE = 'funnel-connect'

const RETURNED = ['connect_session', 'status', 'connection_id', 'completion_code', 'error', POPUP_MARK]

/** What a popup tells the page that opened it. It is a hint only: the session is read from the service. */
export interface PopupMessage {
  readonly source: typeof SOURCE
  readonly session: string
  readonly status: string
}

export interface Return {
  readonly session: string
  readonly status: string
  readonly error: string | undefined
  readonly completion_code: string | undefined
  readonly popup: boolean
}

/** The session that the page's URL brings, which is then taken out of it. */
export function takeReturn(page: BrowserWindow): Return | undefined {
  const url = new URL(page.location.href)
  const { searchParams: query } = url
  const session = query.get('connect_session')
  if (session === null) return undefined
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
  /** Origin of the page that opened the popup, when it is another than the popup's. */
  readonly opener_origin?: string | undefined
  /** What the window says if it cannot close itself. */
  readonly text?: string | undefined
}

/**
 * Ends a popup: tells the page that opened it, and closes. For a page at the popup's return URL that does not call
 * `complete()`, which does it too; without it, a "verified" session has to be completed by the product's back end.
 * @returns whether the page was the end of a popup
 */
export function finishPopup(options: FinishOptions = {}): boolean {
  const page = browserWindow()
  const returned = takeReturn(page)
  if (returned === undefined) return false
  finish(page, returned.session, returned.status, options)
  return true
}

export function finish(
  page: BrowserWindow,
  session: string,
  status: string,
  options: FinishOptions = {},
): void {
  const message: PopupMessage = { source: SOURCE, session, status }
  // Reaches pages of this origin even when the opener was cut off (Cross-Origin-Opener-Policy).
  const channel = new BroadcastChannel(SOURCE)
  channel.postMessage(message)
  channel.close()
  page.opener?.postMessage(message, options.opener_origin ?? page.location.origin)
  page.close()
  if (!page.closed) page.document.body.textContent = options.text ?? 'Done. You can close this window.'
}
