// A connect session: one attempt of one end user to connect. Its states and times; what moves it is in
// start-session.ts, authorize.ts, callback.ts and complete-session.ts.
//
//   created ─▶ authorizing ─┬─▶ awaiting_completion ─▶ exchanging ─┬─▶ connected      ("verified")
//                           ├─▶ exchanging ────────────────────────┴─▶ failed         ("confirmed")
//                           └─▶ denied | failed
//   Any state before the last three becomes expired by time alone.
import type { AppId, ConnectionId, ConnectSessionId, TenantId } from '../ids.ts'
import type { EndUser } from '../tenants/tenant.ts'
import { DAY_SECONDS, type EpochSeconds } from '../time.ts'
import type { Sealed } from '../vault/vault.ts'

/**
 * How the session is tied to the end user before any code is exchanged (RFC 9700 section 4.7, session fixation).
 * verified: the tenant says afterwards who is logged in. confirmed: a page of ours names the account beforehand.
 */
export type Completion = 'verified' | 'confirmed'

export type SessionState =
  | { readonly status: 'created' | 'authorizing' | 'exchanging' }
  | {
      readonly status: 'awaiting_completion'
      readonly code: Sealed
      readonly codeVerifier: Sealed
      /** SHA-256 of the completion code, which only the browser that came back has. */
      readonly completionHash: string
    }
  | { readonly status: 'connected'; readonly connectionId: ConnectionId }
  | { readonly status: 'denied'; readonly error: string }
  | { readonly status: 'failed'; readonly error: string }

export type SessionStatus = SessionState['status']

export interface ConnectSession {
  readonly id: ConnectSessionId
  readonly tenantId: TenantId
  readonly appId: AppId
  readonly endUser: EndUser
  readonly returnUrl: string
  readonly completion: Completion
  /** The connection that is to be reconnected. */
  readonly reconnects?: ConnectionId
  readonly state: SessionState
  readonly createdAt: EpochSeconds
  /** When the present state runs out. */
  readonly expiresAt: EpochSeconds
}

/** The way from a connect link's secret (by its hash) to its session. */
export interface ConnectLink {
  readonly secretHash: string
  readonly tenantId: TenantId
  readonly sessionId: ConnectSessionId
  readonly expiresAt: EpochSeconds
}

/** An authorization request on its way through the browser (RFC 6749 section 4.1.1), found by the hash of its state. */
export interface PendingAuthorization {
  readonly stateHash: string
  readonly tenantId: TenantId
  readonly appId: AppId
  readonly sessionId: ConnectSessionId
  /** SHA-256 of the cookie that the browser got with the redirect. */
  readonly browserHash: string
  readonly codeVerifier: Sealed
  readonly expiresAt: EpochSeconds
}

export const LINK_LIFETIME_SECONDS = 30 * 60
export const STATE_LIFETIME_SECONDS = 10 * 60
/** ClickFunnels' codes live 600 s; some are spent on the way. */
export const CODE_LIFETIME_SECONDS = 9 * 60
/** How long the end of a session stays readable. */
export const SESSION_MEMORY_SECONDS = 7 * DAY_SECONDS

const FINAL: readonly SessionStatus[] = ['connected', 'denied', 'failed']

/** The session's status as the world sees it at `now`. */
export function visibleStatus(
  session: ConnectSession,
  now: EpochSeconds,
): Exclude<SessionStatus, 'exchanging'> | 'expired' {
  const { status } = session.state
  if (FINAL.includes(status)) return status as 'connected' | 'denied' | 'failed'
  if (session.expiresAt <= now) return 'expired'
  if (status === 'exchanging')
    return session.completion === 'verified' ? 'awaiting_completion' : 'authorizing'
  return status
}

export interface ConnectSessions {
  create(session: ConnectSession, link: ConnectLink): Promise<void>
  get(tenant: TenantId, id: ConnectSessionId): Promise<ConnectSession | undefined>
  findLink(secretHash: string): Promise<ConnectLink | undefined>
  /**
   * In one transaction: moves the session from "created" to "authorizing", which uses its link up, and puts the
   * pending authorization, whose expiry becomes the session's. False when the link was used before.
   */
  begin(link: ConnectLink, pending: PendingAuthorization): Promise<boolean>
  /** Moves the session on if it still is in the state named; false if not. */
  move(
    session: Pick<ConnectSession, 'tenantId' | 'id'>,
    from: SessionState['status'],
    to: SessionState,
    expiresAt: EpochSeconds,
  ): Promise<boolean>
}

/** Where an authorization response came, from which browser, and when. */
export interface Arrival {
  readonly appId: AppId
  readonly browserHash: string
  readonly now: EpochSeconds
}

/** What speaks against taking a pending authorization for a response, if anything does. */
export function objectionTo(
  pending: PendingAuthorization,
  { appId, browserHash, now }: Arrival,
): 'expired' | 'other_app' | 'other_browser' | undefined {
  if (pending.expiresAt <= now) return 'expired'
  if (pending.appId !== appId) return 'other_app'
  return pending.browserHash === browserHash ? undefined : 'other_browser'
}

export interface PendingAuthorizations {
  find(stateHash: string): Promise<PendingAuthorization | undefined>
  /**
   * In one transaction: consumes a pending authorization, if nothing speaks against it, and moves its session on from
   * "authorizing". False, and both are left as they are, if either cannot be: it was taken before.
   */
  take(
    pending: PendingAuthorization,
    arrival: Arrival,
    to: SessionState,
    expiresAt: EpochSeconds,
  ): Promise<boolean>
}

/** Where a session's code verifier is sealed to. */
export function codeVerifierOf({ tenantId, id }: Pick<ConnectSession, 'tenantId' | 'id'>) {
  return { tenantId, record: id, generation: 0, field: 'code_verifier' } as const
}

/** Where a session's code is sealed to. */
export function codeOf({ tenantId, id }: Pick<ConnectSession, 'tenantId' | 'id'>) {
  return { tenantId, record: id, generation: 0, field: 'code' } as const
}
