// The stores of one implementation, which a suite is run on.
import type { Services } from '#runtime/all-services.ts'

export type Stores = Pick<
  Services,
  | 'tenants'
  | 'apps'
  | 'apiKeys'
  | 'identityProviders'
  | 'sessions'
  | 'authorizations'
  | 'connections'
  | 'revocations'
  | 'keyedCalls'
  | 'dueIndex'
  | 'sealedRecords'
  | 'keyRotationProgress'
  | 'usage'
  | 'auditEvents'
  | 'tenantRemains'
>

/** Gives the stores of the test that runs; what other tests put there must not matter. */
export type OpenStores = () => Stores
