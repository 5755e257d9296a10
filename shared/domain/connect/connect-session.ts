// A connect session: one attempt of one end user to connect. Its states and times; what moves it is in
// start-session.ts, authorize.ts, callback.ts and complete-session.ts.
//
//   created ─▶ authorizing ─┬─▶ awaiting_completion ─▶ exchanging ─┬─▶ connected      ("verified")
//                           ├─▶ exchanging ────────────────────────┴─▶ failed         ("confirmed")
//                           └─▶ denied | failed
//   Every state but the last three expires by time alone.
//
// A session with the purpose "reconnect" has a link that lives for days and may be opened again and again (reconnect-link.ts): each
// opening moves it to "authorizing", from any state but "connected".
import type { AppId, ConnectionId, ConnectSessionId, TenantId } from '../ids.ts'
import type { Annotations } from '../tenants/annotations.ts'
import type { EndUser } from '../tenants/tenant.ts'
import { DAY_SECONDS, type EpochSeconds, later } from '../time.ts'
import type { Sealed } from '../vault/vault.ts'
import type { SessionError } from './session-errors.ts'

/**
 * How the session is tied to the end user before the code is exchanged (RFC 9700 section 4.7, session fixation).
 * verified: afterwards the tenant says who is logged in. confirmed: a page of ours names the account beforehand.
 */
export type Completion = 'verified' | 'confirmed'

export type SessionState =
  | { readonly status: 'created' | 'authorizing' | 'exchanging' }
  | {
      readonly status: 'awaiting_completion'
      readonly code: Sealed
      readonly codeVerifier: Sealed
      /** SHA-256 of the completion code. Only the browser that came back from ClickFunnels has the code itself. */
      readonly completionHash: string
    }
  | { readonly status: 'connected'; readonly connectionId: ConnectionId }
  | { readonly status: 'denied'; readonly error: 'access_denied' }
  | { readonly status: 'failed'; readonly error: SessionError }

export type SessionStatus = SessionState['status']

/** Its annotations are carried to the connection. */
export interface ConnectSession extends Annotations {
  readonly id: ConnectSessionId
  readonly tenantId: TenantId
  readonly appId: AppId
  readonly endUser: EndUser
  readonly returnUrl: string
  /** The page of ours (manage/) that started it. Its browser comes back to that page instead. */
  readonly managePage?: string
  readonly completion: Completion
  /** The connection to reconnect. */
  readonly reconnects?: ConnectionId
  /** Its link lives for days, and works until the connection was reconnected. */
  readonly purpose?: 'reconnect'
  /** The latest opening of such a link. */
  readonly opening?: Opening
  readonly state: SessionState
  readonly createdAt: EpochSeconds
  /** When the current state runs out. */
  readonly expiresAt: EpochSeconds
}

/** An opening of a reconnect link. The next one supersedes it: what it began cannot be taken any more. */
export interface Opening {
  /** 1 for the first. */
  readonly number: number
  /** Of its authorization request. */
  readonly stateHash: string
  /** How many openings before it ended without a connection. */
  readonly failures: number
}

/** What the event of a session tells about it. */
export type SessionSubject = Pick<
  ConnectSession,
  'tenantId' | 'id' | 'appId' | 'endUser' | 'tags' | 'label' | 'opening'
>

/** Leads from the hash of a connect link's secret to the session. */
export interface ConnectLink {
  readonly secretHash: string
  readonly tenantId: TenantId
  readonly sessionId: ConnectSessionId
  readonly expiresAt: EpochSeconds
  /** The browser that used the link, with its latest authorization request. It alone may follow the link again. */
  readonly follower?: LinkFollower
}

export interface LinkFollower {
  readonly stateHash: string
  /** SHA-256 of the cookie that the browser got with the redirect. */
  readonly browserHash: string
  /** SHA-256 of what the confirmation page's form sent. After a double click, the browser has no other cookie yet. */
  readonly confirmationHash?: string
}

/** An authorization request that waits for its response (RFC 6749 section 4.1.1). It is found by the hash of its state. */
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

/** An authorization request, taken or not. */
export type AnyAuthorization = Omit<PendingAuthorization, 'codeVerifier'>

export const LINK_LIFETIME_SECONDS = 30 * 60
export const RECONNECT_LINK_LIFETIME_SECONDS = 7 * DAY_SECONDS
export const STATE_LIFETIME_SECONDS = 10 * 60
/** ClickFunnels' codes live 600 s. A minute of that is left for the way to us and for the exchange. */
export const CODE_LIFETIME_SECONDS = 9 * 60
/** How long the end of a session stays readable. */
export const SESSION_MEMORY_SECONDS = 7 * DAY_SECONDS

const FINAL: readonly SessionStatus[] = ['connected', 'denied', 'failed']

export type VisibleStatus = Exclude<SessionStatus, 'exchanging'> | 'expired'

/** The status that callers and browsers see at `now`. "exchanging" lasts for seconds and shows as the state before it. */
export function visibleStatus(session: ConnectSession, now: EpochSeconds): VisibleStatus {
  const { status } = session.state
  if (FINAL.includes(status)) return status as 'connected' | 'denied' | 'failed'
  // A reconnect link that was opened in vain can be opened again.
  if (session.expiresAt <= now)
    return session.purpose === 'reconnect' && linkExpiresAt(session) > now ? 'created' : 'expired'
  if (status === 'exchanging')
    return session.completion === 'verified' ? 'awaiting_completion' : 'authorizing'
  return status
}

/** When the link of a session stops working, if it was not used up before. */
export function linkExpiresAt({ purpose, createdAt }: ConnectSession): EpochSeconds {
  return later(createdAt, purpose === 'reconnect' ? RECONNECT_LINK_LIFETIME_SECONDS : LINK_LIFETIME_SECONDS)
}

export interface ConnectSessions {
  create(session: ConnectSession, link: ConnectLink): Promise<void>
  get(tenant: TenantId, id: ConnectSessionId): Promise<ConnectSession | undefined>
  findLink(secretHash: string): Promise<ConnectLink | undefined>
  /**
   * In one transaction: moves the session from "created" to "authorizing", which uses its link up, stores the pending
   * authorization, and notes on the link which browser follows it. The session expires with the pending authorization.
   * If the link has a follower, the session must be "authorizing" and the follower still the same. False if not.
   */
  begin(link: ConnectLink, pending: PendingAuthorization, confirmationHash?: string): Promise<boolean>
  /**
   * In one transaction: moves a session with the purpose "reconnect" to "authorizing" from the state that was read, with the opening of
   * the pending authorization, and stores that. False if the session has another state or another opening by now.
   */
  reopen(session: ConnectSession, opening: Opening, pending: PendingAuthorization): Promise<boolean>
  /** Moves the session to another state if it is still in the state `from`, and writes its event; false if not. */
  move(
    session: SessionSubject,
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

/** Why a response cannot have this pending authorization, if there is a reason. */
export function rejectionReason(
  pending: AnyAuthorization,
  { appId, browserHash, now }: Arrival,
): 'expired' | 'other_app' | 'other_browser' | undefined {
  if (pending.expiresAt <= now) return 'expired'
  if (pending.appId !== appId) return 'other_app'
  return pending.browserHash === browserHash ? undefined : 'other_browser'
}

export interface PendingAuthorizations {
  /** One that was not taken yet. */
  find(stateHash: string): Promise<PendingAuthorization | undefined>
  /** One that was stored, taken or not: for a browser that repeats its response. */
  findAny(stateHash: string): Promise<AnyAuthorization | undefined>
  /**
   * In one transaction: marks a pending authorization that has no {@link rejectionReason} as taken, moves its session on from
   * "authorizing", and writes the session's event. False if either cannot be done, because it was taken before or superseded by a later
   * opening; then both stay as they are.
   */
  take(
    pending: PendingAuthorization,
    arrival: Arrival,
    to: SessionState,
    expiresAt: EpochSeconds,
  ): Promise<boolean>
}

/** The place that a session's code verifier is sealed for. */
export function codeVerifierOf({ tenantId, id }: Pick<ConnectSession, 'tenantId' | 'id'>) {
  return { tenantId, record: id, generation: 0, field: 'code_verifier' } as const
}

/** The place that a session's code is sealed for. */
export function codeOf({ tenantId, id }: Pick<ConnectSession, 'tenantId' | 'id'>) {
  return { tenantId, record: id, generation: 0, field: 'code' } as const
}
