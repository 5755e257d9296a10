// The fakes keep the contracts of the real adapters, so what domain tests show on fakes holds for both.
import { beforeEach, describe } from 'vitest'
import { type FakeServices, fakeServices } from '../fakes.ts'
import { apiKeysContract } from './api-keys.ts'
import { auditEventsContract } from './audit-events.ts'
import { connectionGrantsContract } from './connection-grants.ts'
import { connectionsContract } from './connections.ts'
import { connectionsListContract } from './connections-list.ts'
import { dueContract } from './due.ts'
import { identityProvidersContract } from './identity-providers.ts'
import { issuerPromiseContract } from './issuer-promise.ts'
import { keyedCallsContract } from './keyed-calls.ts'
import { sealedRecordsContract } from './sealed-records.ts'
import { sessionsContract } from './sessions.ts'
import { tenantDeletionContract } from './tenant-deletion.ts'
import { tenantKeysContract } from './tenant-keys.ts'
import { tenantsContract } from './tenants.ts'
import { usageContract } from './usage.ts'
import { vaultContract } from './vault.ts'

let services: FakeServices
beforeEach(() => {
  services = fakeServices()
})

describe('the fakes', () => {
  tenantsContract(() => services)
  apiKeysContract(() => services)
  identityProvidersContract(() => services)
  tenantDeletionContract(() => services)
  sessionsContract(() => services)
  connectionsContract(() => services)
  connectionGrantsContract(() => services)
  connectionsListContract(() => services)
  dueContract(() => services)
  keyedCallsContract(() => services)
  sealedRecordsContract(() => services)
  usageContract(() => services)
  auditEventsContract(() => services)
  vaultContract(() => services.vault)
  issuerPromiseContract(
    () => services.clickfunnels.issuerPromise(),
    (metadata) => {
      services.clickfunnels.metadata = metadata
    },
  )
  tenantKeysContract(
    () => services,
    () => 'arn:aws:kms:us-east-1:111122223333:key/own',
  )
})
