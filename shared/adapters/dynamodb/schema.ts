// The one table: its access patterns, key builders and indexes. Imports no SDK: the CDK stack takes its names from here.
//
//  what                       pk                        sk                            read by
//  tenant                     tenant#<T>                tenant                        query, its keys with it
//  all tenants *              tenants                   <T>                           query (the rotation of keys)
//  app                        tenant#<T>                app#<A>                       get, query (all of a tenant)
//  API key                    tenant#<T>                api-key#<K>                   get, query (all of a tenant)
//  API key by its hash *      api-key#<sha256>          api-key                       get, update (who is calling?)
//  identity provider          tenant#<T>                identity-provider#<I>         get, query (all of a tenant)
//  issuer and audience *      issuer#<sha256>           issuer                        get many (whose token is this?)
//  connect session            tenant#<T>                connect-session#<S>           get
//  connect link *             connect-link#<sha256>     connect-link                  get (a browser follows it)
//  pending authorization *    state#<sha256>            state                         get; one conditional delete, with the session's move
//  connection                 tenant#<T>                connection#<C>                get, query newest first
//    by end user (index)      tenant#<T>#end-user#<U>   connection#<C>                query newest first
//    by due time (index) *    due#<shard>               dueAt                         query up to now
//  workspace claim            tenant#<T>                workspace#<A>#<W>#<U>         get (connected already?)
//  revocation owed            tenant#<T>                revocation#<R>                get; due index as above
//  call with a key            tenant#<T>                idempotency-key#<C>#<sha256>  get; expires
//  tenant key                 tenant#<T>                tenant-key#<version>          query newest, get, query all; with the tenant
//    of a shredded tenant     tenant#<T>                tenant-key#shredded           found as the newest; get
//  root key                   root-keys                 root-key#<version>#<number>   get, query the newest
//    version in force         root-keys                 root-key-version              get
//  rotation's progress        key-rotation              progress                      get
//  audit event                audit#<T>                 <E>                           query newest first
//  usage of a tenant          tenant#<T>#usage          connections                   get; added to
//    sessions of a minute     tenant#<T>#usage          sessions#<minute>             added to
//    requests of a window     tenant#<T>#usage          requests#<window>             added to
//  whatever holds seals       tenant#<T>                (all of the tenant's items)   query (the rotation of keys)
//
// Keys start from the tenant. Those marked * are the exceptions: they are what identifies a tenant in the first place,
// or the index or list that finds work across tenants. Audit events have a first part of their own, by which IAM tells
// them from what may be changed. Root keys and their rotation belong to the service.
import { createHash } from 'node:crypto'
import type {
  ApiKeyId,
  AppId,
  AuditEventId,
  ConnectionId,
  ConnectSessionId,
  EndUserId,
  IdentityProviderId,
  RevocationId,
  TenantId,
  WorkspaceId,
} from '#domain/ids.ts'

export const PARTITION_KEY = 'pk'
export const SORT_KEY = 'sk'
/** Epoch seconds; DynamoDB deletes an item some time after. Every reader still checks the time itself. */
export const TTL_ATTRIBUTE = 'ttl'

/** Sparse: what needs no work is not in it. Besides the keys it tells whose app it is, so that one in trouble can be skipped. */
export const DUE_INDEX = {
  name: 'due',
  partitionKey: 'dueShard',
  sortKey: 'dueAt',
  attributes: ['appId'],
} as const
/** Keys only: a refresh does not touch it. */
export const END_USER_INDEX = { name: 'end-user', partitionKey: 'endUserKey', sortKey: SORT_KEY } as const

/** How many partitions share the due index; each has a schedule of its own. */
export const DUE_SHARDS = 4

export interface Key {
  readonly pk: string
  readonly sk: string
}

const tenantPk = (tenant: TenantId) => `tenant#${tenant}`
/** End users and workspaces are named by others: encoded, so that no name can pose as a longer key. */
const foreign = encodeURIComponent

export const tenantKey = (tenant: TenantId): Key => ({ pk: tenantPk(tenant), sk: 'tenant' })
/** Beside the tenant, one small item each in one partition: all tenants are found without reading the whole table. */
export const tenantListKey = (tenant: TenantId) => ({ pk: TENANT_LIST, sk: tenant })
export const TENANT_LIST = 'tenants'
export const appKey = (tenant: TenantId, app: AppId): Key => ({ pk: tenantPk(tenant), sk: `app#${app}` })
export const apiKeyKey = (tenant: TenantId, key: ApiKeyId): Key => ({
  pk: tenantPk(tenant),
  sk: `api-key#${key}`,
})
export const apiKeyHashKey = (sha256: string): Key => ({ pk: `api-key#${sha256}`, sk: 'api-key' })
export const identityProviderKey = (tenant: TenantId, provider: IdentityProviderId): Key => ({
  pk: tenantPk(tenant),
  sk: `identity-provider#${provider}`,
})
export const issuerKey = (issuer: string, audience: string): Key => ({
  pk: `issuer#${createHash('sha256')
    .update(JSON.stringify([issuer, audience]))
    .digest('hex')}`,
  sk: 'issuer',
})
export const connectSessionKey = (tenant: TenantId, session: ConnectSessionId): Key => ({
  pk: tenantPk(tenant),
  sk: `connect-session#${session}`,
})
export const connectLinkKey = (sha256: string): Key => ({ pk: `connect-link#${sha256}`, sk: 'connect-link' })
export const stateKey = (sha256: string): Key => ({ pk: `state#${sha256}`, sk: 'state' })
export const connectionKey = (tenant: TenantId, connection: ConnectionId): Key => ({
  pk: tenantPk(tenant),
  sk: `connection#${connection}`,
})
export const workspaceClaimKey = (
  tenant: TenantId,
  app: AppId,
  workspace: WorkspaceId,
  endUser: EndUserId,
): Key => ({
  pk: tenantPk(tenant),
  sk: `workspace#${app}#${foreign(workspace)}#${foreign(endUser)}`,
})
export const revocationKey = (tenant: TenantId, revocation: RevocationId): Key => ({
  pk: tenantPk(tenant),
  sk: `revocation#${revocation}`,
})
export const keyedCallKey = (tenant: TenantId, connection: ConnectionId, keyHash: string): Key => ({
  pk: tenantPk(tenant),
  sk: `${prefixOf.keyedCalls}${connection}#${keyHash}`,
})
export const tenantKeyKey = (tenant: TenantId, version: number): Key => ({
  pk: tenantPk(tenant),
  sk: `tenant-key#${padded(version)}`,
})
/** Sorts behind every version. */
export const shreddedKey = (tenant: TenantId): Key => ({
  pk: tenantPk(tenant),
  sk: `${prefixOf.tenantKeys}shredded`,
})
export const ROOT_KEY_VERSION_KEY: Key = { pk: 'root-keys', sk: 'root-key-version' }
export const ROTATION_PROGRESS_KEY: Key = { pk: 'key-rotation', sk: 'progress' }
export const rootKeyKey = (version: number, number: number): Key => ({
  pk: 'root-keys',
  sk: `root-key#${padded(version)}#${padded(number)}`,
})

const AUDIT_PREFIX = 'audit#'
/** What IAM policies call the partitions that nobody may change. */
export const AUDIT_LEADING_KEYS = `${AUDIT_PREFIX}*`
export const auditEventKey = (tenant: TenantId, event: AuditEventId): Key => ({
  pk: `${AUDIT_PREFIX}${tenant}`,
  sk: event,
})

/** In a partition of its own: what is counted all the time is not in the way of what is kept. */
export const usagePartition = (tenant: TenantId): string => `${tenantPk(tenant)}#usage`
const usageKey = (tenant: TenantId, sk: string): Key => ({ pk: usagePartition(tenant), sk })
export const connectionCountKey = (tenant: TenantId): Key => usageKey(tenant, 'connections')
export const sessionCountKey = (tenant: TenantId, minute: number): Key =>
  usageKey(tenant, `sessions#${minute}`)
export const requestCountKey = (tenant: TenantId, window: number): Key =>
  usageKey(tenant, `requests#${window}`)

/** What all items of one kind share, for a query over a tenant's. */
export const prefixOf = {
  apps: 'app#',
  apiKeys: 'api-key#',
  identityProviders: 'identity-provider#',
  connectSessions: 'connect-session#',
  revocations: 'revocation#',
  connections: 'connection#',
  tenantKeys: 'tenant-key#',
  keyedCalls: 'idempotency-key#',
  /** The tenant itself and its keys, nothing else. */
  tenantAndKeys: 'tenant',
} as const

export const endUserPartition = (tenant: TenantId, endUser: EndUserId): string =>
  `${tenantPk(tenant)}#end-user#${foreign(endUser)}`
export const duePartition = (shard: number): string => `due#${shard}`
/** The shard of a connection or revocation: a hash of its id, so that load spreads evenly. */
export const dueShardOf = (id: ConnectionId | RevocationId): number =>
  createHash('sha256').update(id).digest().readUInt32BE(0) % DUE_SHARDS

/** Six digits, so that versions sort as numbers. */
function padded(value: number): string {
  return String(value).padStart(6, '0')
}
