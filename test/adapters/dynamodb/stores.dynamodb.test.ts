// The stores on DynamoDB keep the contracts of the ports.
import { afterAll, beforeAll, describe } from 'vitest'
import { apiKeysContract } from '../../contracts/api-keys.ts'
import { auditEventsContract } from '../../contracts/audit-events.ts'
import { connectionGrantsContract } from '../../contracts/connection-grants.ts'
import { connectionsContract } from '../../contracts/connections.ts'
import { connectionsListContract } from '../../contracts/connections-list.ts'
import { dueContract } from '../../contracts/due.ts'
import { identityProvidersContract } from '../../contracts/identity-providers.ts'
import { keyedCallsContract } from '../../contracts/keyed-calls.ts'
import { sealedRecordsContract } from '../../contracts/sealed-records.ts'
import { sessionsContract } from '../../contracts/sessions.ts'
import { tenantDeletionContract } from '../../contracts/tenant-deletion.ts'
import { tenantsContract } from '../../contracts/tenants.ts'
import { usageContract } from '../../contracts/usage.ts'
import { type Backend, openBackend } from '../backend.ts'

let backend: Backend
beforeAll(async () => {
  backend = await openBackend()
})
afterAll(() => backend.close())

describe('the DynamoDB stores', () => {
  const open = () => backend.stores
  tenantsContract(open)
  apiKeysContract(open)
  identityProvidersContract(open)
  tenantDeletionContract(open)
  sessionsContract(open)
  connectionsContract(open)
  connectionGrantsContract(open)
  connectionsListContract(open)
  dueContract(open)
  keyedCallsContract(open)
  sealedRecordsContract(open)
  usageContract(open)
  auditEventsContract(open)
})
