// A tenant's webhook endpoint: where its events are sent, which of them, and the secrets that sign them. It is stored apart from
// the tenant's other items, so that the functions for webhooks reach no token.
import type { EventDraft } from '../events/event.ts'
import type { Subscribers } from '../events/subscribers.ts'
import type { EndpointId, TenantId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'
import type { EndpointSecret } from './secret.ts'

/** A tenant has at most so many endpoints. Each event costs a delivery to each of them. */
export const MAX_ENDPOINTS = 10

/** gone: it answered 410. failing: no attempt succeeded for five days. requested: the tenant or the operator disabled it. */
export type DisabledReason = 'gone' | 'failing' | 'requested'

export interface Endpoint {
  readonly id: EndpointId
  readonly tenantId: TenantId
  readonly url: string
  /** The types of the events that it gets. Absent: all types. */
  readonly types?: readonly string[]
  readonly description?: string
  /** Absent while it is enabled. */
  readonly disabled?: { readonly at: EpochSeconds; readonly reason: DisabledReason }
  /** Since when all attempts have failed, and when the last one did. Absent after a success. */
  readonly failing?: { readonly since: EpochSeconds; readonly lastAt: EpochSeconds }
  /** How many events there were about it. */
  readonly eventCount?: number
  /** Newest first. Each signs until it ends. */
  readonly secrets: readonly EndpointSecret[]
  /** Rises with every change. */
  readonly version: number
  readonly createdAt: EpochSeconds
  readonly updatedAt: EpochSeconds
}

export interface EndpointRef {
  readonly tenantId: TenantId
  readonly endpointId: EndpointId
}

export interface Endpoints extends Subscribers {
  /** full: the tenant has as many as it may have. gone: the tenant's deletion has begun. */
  create(endpoint: Endpoint): Promise<'created' | 'full' | 'gone'>
  get(ref: EndpointRef): Promise<Endpoint | undefined>
  /** All of a tenant, oldest first. */
  list(tenant: TenantId): Promise<readonly Endpoint[]>
  /** Stores an endpoint in place of the one that was read, with the event of the change. False if that has changed or is gone. */
  save(read: Endpoint, changed: Endpoint, event?: EventDraft): Promise<boolean>
  /** False if there was none. */
  remove(ref: EndpointRef): Promise<boolean>
}

export function refOfEndpoint({ tenantId, id }: Pick<Endpoint, 'tenantId' | 'id'>): EndpointRef {
  return { tenantId, endpointId: id }
}
