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

/** Gives the stores of the current test. Items of other tests may be in them and must not matter. */
export type OpenStores = () => Stores
