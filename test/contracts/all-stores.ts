// Every suite about a store, for the fakes and for the adapters.
import { apiKeysContract } from './api-keys.ts'
import { auditEventsContract } from './audit-events.ts'
import { connectionGrantsContract } from './connection-grants.ts'
import { connectionsContract } from './connections.ts'
import { connectionsListContract } from './connections-list.ts'
import { deliveriesContract } from './deliveries.ts'
import { dueContract } from './due.ts'
import { endpointsContract } from './endpoints.ts'
import { eventsContract } from './events.ts'
import { exportKeysContract } from './export-keys.ts'
import { feedsContract } from './feeds.ts'
import { identityProvidersContract } from './identity-providers.ts'
import { keyedCallsContract } from './keyed-calls.ts'
import { logosContract } from './logos.ts'
import { manageLinksContract } from './manage-links.ts'
import { openingsContract } from './openings.ts'
import { sealedRecordsContract } from './sealed-records.ts'
import { sessionsContract } from './sessions.ts'
import { slowHostsContract } from './slow-hosts.ts'
import type { OpenStores } from './stores.ts'
import { tenantDeletionContract } from './tenant-deletion.ts'
import { tenantsContract } from './tenants.ts'
import { timelineContract } from './timeline.ts'
import { usageContract } from './usage.ts'

export function allStoresContract(open: OpenStores): void {
  tenantsContract(open)
  logosContract(open)
  apiKeysContract(open)
  identityProvidersContract(open)
  tenantDeletionContract(open)
  sessionsContract(open)
  openingsContract(open)
  manageLinksContract(open)
  connectionsContract(open)
  connectionGrantsContract(open)
  connectionsListContract(open)
  dueContract(open)
  keyedCallsContract(open)
  sealedRecordsContract(open)
  usageContract(open)
  slowHostsContract(open)
  auditEventsContract(open)
  eventsContract(open)
  endpointsContract(open)
  deliveriesContract(open)
  timelineContract(open)
  feedsContract(open)
  exportKeysContract(open)
}
