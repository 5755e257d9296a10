// Events of a tenant's audit trail: who did what to which resource, when, from where, with which result. Events are
// appended and never changed. They hold names and ids, never a secret. What is audited and what is not: docs/audit.md.

import type {
  ApiKeyId,
  AuditEventId,
  ConnectSessionId,
  EndUserId,
  IdentityProviderId,
  ManageLinkId,
  TenantId,
} from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

/** Each names a resource and what was done to it. docs/audit.md explains them. */
export const AUDIT_ACTIONS = [
  'tenant.create',
  'tenant.update',
  'tenant.rotate_key',
  'tenant.remove_key',
  'tenant.shred',
  'tenant.put_export_key',
  'tenant.delete_export_key',
  'tenant.export_connections',
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
  'manage_link.create',
  'manage_link.open',
  'connection.create',
  'connection.reconnect',
  'connection.import',
  'connection.export',
  'connection.refresh',
  'connection.require_reauthorization',
  'connection.recover',
  'connection.update',
  'connection.switch',
  'connection.delete',
  'connection.revoke_tokens',
  'webhook_endpoint.create',
  'webhook_endpoint.update',
  'webhook_endpoint.rotate_secret',
  'webhook_endpoint.delete',
  'webhook_endpoint.test',
  'webhook_endpoint.resend',
  'webhook_endpoint.replay',
  'access.refuse',
] as const

export type AuditAction = (typeof AUDIT_ACTIONS)[number]
/** What an event is about: the first part of its action. A refused access can be about any of them. */
export type ResourceType = Exclude<AuditAction extends `${infer Thing}.${string}` ? Thing : never, 'access'>

export type AuditActor =
  | { readonly kind: 'api_key'; readonly id: ApiKeyId }
  | { readonly kind: 'end_user'; readonly id: EndUserId; readonly identityProviderId: IdentityProviderId }
  /** The ARN of the IAM principal. */
  | { readonly kind: 'operator'; readonly id: string }
  /** An end user's browser, known by the connect session whose link or state it sent, or by the manage link that it opened. */
  | { readonly kind: 'browser'; readonly id: ConnectSessionId | ManageLinkId }
  /** This service without a request: the name of its function. */
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
  /** The id is absent if the resource was not created. */
  readonly resource: { readonly type: ResourceType; readonly id?: string }
  /** "ok", or the code of the problem that was answered. */
  readonly result: string
  readonly reason?: string
  /** Absent if no request led to the event. */
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
  /** The event after which the next page starts. Absent on the last page. */
  readonly next?: AuditEventId
}

export interface AuditEvents {
  /**
   * Appends an event, and an entry to the timeline of the connection that it is about. An event that is already stored stays as
   * it is.
   */
  append(event: AuditEvent): Promise<void>
  /** Newest first, at most `limit`, starting after `after`, without the events that have expired by `now`. */
  list(
    tenant: TenantId,
    filter: AuditFilter,
    limit: number,
    now: EpochSeconds,
    after?: AuditEventId,
  ): Promise<AuditPage>
}
