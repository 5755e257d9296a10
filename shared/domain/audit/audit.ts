// The audit trail of a tenant: who did what to what, when, from where, with which result. Events are appended and never
// changed; they hold names and ids, never a secret. What is audited and what is not: docs/audit.md.

import type { Log } from '../ambient.ts'
import type {
  ApiKeyId,
  AuditEventId,
  ConnectionId,
  ConnectSessionId,
  EndUserId,
  IdentityProviderId,
  MintId,
  TenantId,
} from '../ids.ts'
import { type Clock, DAY_SECONDS, type EpochSeconds, later } from '../time.ts'

/** Each is a thing and what is done to it; docs/audit.md has the table. */
export const AUDIT_ACTIONS = [
  'tenant.create',
  'tenant.update',
  'tenant.rotate_key',
  'tenant.remove_key',
  'tenant.shred',
  'tenant.revoke_connections',
  'tenant.delete',
  'app.create',
  'app.update',
  'app.remove_secret',
  'app.delete',
  'api_key.create',
  'api_key.rotate',
  'api_key.revoke',
  'identity_provider.create',
  'identity_provider.update',
  'identity_provider.delete',
  'connect_session.create',
  'connect_session.follow',
  'connect_session.return',
  'connect_session.complete',
  'connection.create',
  'connection.reconnect',
  'connection.refresh',
  'connection.require_reauthorization',
  'connection.switch',
  'connection.delete',
  'connection.revoke_tokens',
  'access.refuse',
] as const

export type AuditAction = (typeof AUDIT_ACTIONS)[number]
/** What an event is about: the first part of its action, but for a refused access, which is about any of these. */
export type ResourceType = Exclude<AuditAction extends `${infer Thing}.${string}` ? Thing : never, 'access'>

export type AuditActor =
  | { readonly kind: 'api_key'; readonly id: ApiKeyId }
  | { readonly kind: 'end_user'; readonly id: EndUserId; readonly identityProviderId: IdentityProviderId }
  /** The ARN of the IAM principal. */
  | { readonly kind: 'operator'; readonly id: string }
  /** An end user's browser, known by the connect session whose link or state it brought. */
  | { readonly kind: 'browser'; readonly id: ConnectSessionId }
  /** This service by itself: the name of the function. */
  | { readonly kind: 'service'; readonly id: string }

/** Where a request came from, as API Gateway saw it. */
export interface Origin {
  readonly ip: string
  readonly userAgent?: string
  readonly requestId: string
}

export interface AuditEvent {
  readonly id: AuditEventId
  readonly tenantId: TenantId
  readonly at: EpochSeconds
  readonly action: AuditAction
  readonly actor: AuditActor
  /** The id is absent where there is none: what was to be made was not made. */
  readonly resource: { readonly type: ResourceType; readonly id?: string }
  /** "ok", or the code of the problem that was answered. */
  readonly result: string
  readonly reason?: string
  /** Absent where no request led to it. */
  readonly from?: Origin
  readonly expiresAt: EpochSeconds
}

export type AuditNote = Omit<AuditEvent, 'id' | 'at' | 'actor' | 'expiresAt'> &
  Partial<Pick<AuditEvent, 'actor'>>

export interface AuditFilter {
  readonly action?: AuditAction
  readonly resourceId?: string
}

export interface AuditPage {
  readonly items: readonly AuditEvent[]
  /** Where the next page starts after, when there may be one. */
  readonly next?: AuditEventId
}

export interface AuditEvents {
  /** Appends an event; one that is there already stays as it is. */
  append(event: AuditEvent): Promise<void>
  /** Newest first, `limit` at most, after the event named; what has expired by `now` is not there. */
  list(
    tenant: TenantId,
    filter: AuditFilter,
    limit: number,
    now: EpochSeconds,
    after?: AuditEventId,
  ): Promise<AuditPage>
}

/** How the log says so; an alarm looks for it. */
export const AUDIT_UNWRITTEN = 'An audit event was not written'

interface Ports {
  readonly events: AuditEvents
  readonly newId: MintId
  readonly now: Clock
  readonly log: Log
}

/** The way into the trail, for one process. */
export class AuditTrail {
  readonly #ports: Ports
  readonly #retentionDays: number
  readonly #functionName: string

  constructor(ports: Ports, retentionDays: number, functionName: string) {
    this.#ports = ports
    this.#retentionDays = retentionDays
    this.#functionName = functionName
  }

  /**
   * Writes an event; without an actor it is the service's own. Never throws: what happened has happened. An event that cannot be
   * stored goes to the log whole, from where an alarm takes it up.
   */
  async note(note: AuditNote): Promise<void> {
    const { events, newId, now, log } = this.#ports
    const at = now()
    const event: AuditEvent = {
      actor: { kind: 'service', id: this.#functionName },
      ...note,
      id: newId('auditEvent'),
      at,
      expiresAt: later(at, this.#retentionDays * DAY_SECONDS),
    }
    try {
      await events.append(event)
    } catch (error) {
      log.error(AUDIT_UNWRITTEN, { event, error })
    }
  }
}

/** What a browser did with its connect session. */
export function browserNote(
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: ConnectSessionId },
  action: AuditAction & `connect_session.${string}`,
  result: string,
): AuditNote {
  return {
    tenantId,
    action,
    actor: { kind: 'browser', id },
    resource: { type: 'connect_session', id },
    result,
  }
}

/** What became of a connection. */
export function connectionNote(
  { tenantId, id }: { readonly tenantId: TenantId; readonly id: ConnectionId },
  action: AuditAction & `connection.${string}`,
  more: Partial<Pick<AuditEvent, 'actor' | 'reason'>> = {},
): AuditNote {
  return { tenantId, action, resource: { type: 'connection', id }, result: 'ok', ...more }
}

/** Who approved is known by the browser; what asked for it, and from where, is the request's own event. */
export function grantNote(
  { id }: { readonly id: ConnectSessionId },
  connection: { readonly tenantId: TenantId; readonly id: ConnectionId; readonly generation: number },
): AuditNote {
  const action = connection.generation === 1 ? 'connection.create' : 'connection.reconnect'
  return connectionNote(connection, action, { actor: { kind: 'browser', id } })
}
