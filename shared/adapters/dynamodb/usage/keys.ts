// The keys of what a tenant uses. The access patterns are in schema.ts.
import type { EndUserId, TenantId } from '#domain/ids.ts'
import type { Place } from '#domain/proxy/breaker.ts'
import type { Spender } from '#domain/tenants/usage.ts'
import { type Key, type Part, type UsageItem, usagePartition } from '../schema.ts'

const usageKey = (tenant: TenantId, sk: Part<UsageItem>): Key => ({ pk: usagePartition(tenant), sk })
export const connectionCountKey = (tenant: TenantId): Key => usageKey(tenant, 'connections')
export const sessionCountKey = ({ tenantId, endUserId }: Spender, minute: number): Key =>
  usageKey(tenantId, `sessions#${minute}${ofEndUser(endUserId)}`)
export const requestCountKey = ({ tenantId, endUserId }: Spender, window: number): Key =>
  usageKey(tenantId, `requests#${window}${ofEndUser(endUserId)}`)
export const slowHostKey = ({ tenantId, appId, host }: Place): Key =>
  usageKey(tenantId, `slow-host#${appId}#${host}`)
/** A DynamoDB sort key has at most 1,024 bytes, and an encoded id at most 600. */
const ofEndUser = (endUser: EndUserId | undefined) =>
  endUser === undefined ? '' : (`#${encodeURIComponent(endUser)}` as const)
