// Connect sessions as this library starts, completes and reads them.
import type { Connection, ConnectSession, ConnectSessionRequest } from './api.ts'

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

export interface SessionPorts {
  readonly sessions: Sessions
  readonly connection: (id: string, options?: Abortable) => Promise<Connection>
}
