// Events of a tenant's audit trail: who did what to which resource, when, from where, with which result. Events are
// appended and never changed. They hold names and ids, never a secret. What is audited and what is not: docs/audit.md.

import type {
  ApiKeyId,
  AuditEventId,
  ConnectSessionId,
  EndUserId,
  IdentityProviderId,
  TenantId,
} from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

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
