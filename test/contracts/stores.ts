// The stores of one implementation, which a suite is run on.
import type { EventPorts } from '#domain/events/ports.ts'
import type { ExportKeys } from '#domain/exports/export-key.ts'
import type { ManagePorts } from '#domain/manage/ports.ts'
import type { SlowHosts } from '#domain/proxy/breaker.ts'
import type { LogoPorts } from '#domain/tenants/ports.ts'
import type { WebhookPorts } from '#domain/webhooks/ports.ts'
import type { Services } from '#runtime/all-services.ts'

export type Stores = Pick<
  Services & EventPorts & WebhookPorts,
  | 'tenants'
  | 'apps'
  | 'apiKeys'
  | 'identityProviders'
  | 'sessions'
  | 'authorizations'
  | 'connections'
  | 'revocations'
  | 'feeds'
  | 'timeline'
  | 'keyedCalls'
  | 'dueIndex'
  | 'sealedRecords'
  | 'keyRotationProgress'
  | 'usage'
  | 'auditEvents'
  | 'tenantRemains'
  | 'outbox'
  | 'eventLog'
  | 'endpoints'
  | 'subscribers'
  | 'deliveries'
> &
  ManagePorts &
  LogoPorts & { readonly slowHosts: SlowHosts; readonly exportKeys: ExportKeys }

/** Gives the stores of the current test. Items of other tests may be in them and must not matter. */
export type OpenStores = () => Stores
