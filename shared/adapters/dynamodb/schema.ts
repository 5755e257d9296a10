// The one table: its access patterns, key builders and indexes. Imports no SDK: the CDK stack takes its names from here.
//
//  what                       pk                        sk                            read by
//  tenant                     tenant#<T>                tenant                        query, its keys with it
//  logo of a tenant           tenant#<T>                logo                          get (a page shows it)
//  all tenants *              tenants                   <T>                           query (key rotation)
//  app                        tenant#<T>                app#<A>                       get, query (all of a tenant)
//  API key                    tenant#<T>                api-key#<K>                   get, query (all of a tenant)
//  API key by its hash *      api-key#<sha256>          api-key                       get, update (who is calling?)
//  identity provider          tenant#<T>                identity-provider#<I>         get, query (all of a tenant)
//  issuer and audience *      issuer#<sha256>           issuer                        get many (whose token is this?)
//  export key                 tenant#<T>                export-key                    get; expires
//  connect session            tenant#<T>                connect-session#<S>           get
//  connect link *             connect-link#<sha256>     connect-link                  get (a browser follows it)
//  manage link *              manage-link#<sha256>      manage-link                   get; update (a browser opens it)
//  pending authorization *    state#<sha256>            state                         get; one conditional delete, with the session's move
//  connection                 tenant#<T>                connection#<C>                get, query newest first
//    by end user (index)      tenant#<T>#end-user#<U>   connection#<C>                query newest first
//    by due time (index) *    due#<partition>           dueAt                         query up to now
//  workspace claim            tenant#<T>                workspace#<A>#<W>#<U>         get (connected already?)
//  revocation                 tenant#<T>                revocation#<R>                get; due index as above
//  feed of ClickFunnels' events tenant#<T>              feed#<C or A>                  get; due index as above
//  received event's id        tenant#<T>                received-event#<C or A>#<id>  get; expires
//  event in the outbox        tenant#<T>                outbox#<id>#<sequence>        query; the stream; due index, see below
//  call with a key            tenant#<T>                idempotency-key#<C>#<sha256>  get; expires
//  tenant key                 tenant#<T>                tenant-key#<version>          query newest, get, query all; with the tenant
//    of a shredded tenant     tenant#<T>                tenant-key#shredded           found as the newest; get
//  root key                   root-keys                 root-key#<version>#<number>   get, query the newest
//    current version          root-keys                 root-key-version              get
//  key rotation's progress    key-rotation              progress                      get
//  audit event                audit#<T>                 <E>                           query newest first
//  event in the log           events#<T>                <position>                    query oldest first
//    last position            events#<T>                last                          get
//  entry of a timeline        timeline#<T>              <C>#<time and random>         query newest first of a connection; expires
//  webhook endpoint           webhooks#<T>              endpoint#<E>                  get, query (all of a tenant)
//    how many                 webhooks#<T>              endpoint-count                added to
//  delivery of an event       webhooks#<T>              delivery#<E>#<D>              get, query newest first; due index
//    its place in line        webhooks#<T>              line#<E>#<id>#<sequence>      query the one before, the one after
//  slot of an endpoint        webhooks#<T>              slot#<E>#<number>             put, if it is free; expires
//  usage of a tenant          tenant#<T>#usage          connections                   get; added to
//    sessions of a minute     tenant#<T>#usage          sessions#<minute>             added to
//    requests of a window     tenant#<T>#usage          requests#<window>             get; added to
//    of an end user           tenant#<T>#usage          (as above)#<U>                added to
//  host that does not answer  tenant#<T>#usage          slow-host#<A>#<host>          get; added to; expires
//  all that holds seals       tenant#<T>                (all of the tenant's items)   query (key rotation)
//
// Keys start from the tenant. Those marked * are the exceptions: they identify a tenant in the first place, or they find
// work across tenants. Audit events have a first part of their own, by which IAM keeps them from being changed. Root keys
// and key rotation belong to the service.
//
// A new kind of item does not compile until it is in one of the closed types below. Those in turn do not compile until key
// rotation (sealed-records.ts), the deletion of a tenant (tenant-remains.ts) and the IAM policies (partitions.ts) say what
// the new kind means to them.
import { createHash } from 'node:crypto'
import { sha256 } from '#domain/hash.ts'
import type {
  ApiKeyId,
  AppId,
  AuditEventId,
  ConnectionId,
  ConnectSessionId,
  DeliveryId,
  EndUserId,
  EventId,
  IdentityProviderId,
  RevocationId,
  TenantId,
  WorkspaceId,
} from '#domain/ids.ts'
import { DUE_PARTITIONS } from '#domain/keep-alive/due.ts'

export const PARTITION_KEY = 'pk'
export const SORT_KEY = 'sk'
/** Epoch seconds; DynamoDB deletes an item some time after. Every reader still checks the time itself. */
export const TTL_ATTRIBUTE = 'ttl'

/** Sparse: an item that needs no work is not in it. It also holds the app, so that the work of one in trouble can be skipped. */
export const DUE_INDEX = {
  name: 'due',
  partitionKey: 'dueShard',
  sortKey: 'dueAt',
  attributes: ['appId'],
} as const
/** Keys only, so that a refresh does not write to it. */
export const END_USER_INDEX = { name: 'end-user', partitionKey: 'endUserKey', sortKey: SORT_KEY } as const

/** The items of a tenant's partition, by the first part of their sort key. */
export type TenantItem =
  | 'tenant'
  | 'logo'
  | 'app'
  | 'api-key'
  | 'identity-provider'
  | 'export-key'
  | 'connect-session'
  | 'connection'
  | 'workspace'
  | 'revocation'
  | 'feed'
  | 'received-event'
  | 'outbox'
  | 'idempotency-key'
  | 'tenant-key'
export type UsageItem = 'connections' | 'sessions' | 'requests' | 'slow-host'
/** The partitions that do not start from the tenant, by the first part of their key. */
export type OtherPartition =
  | 'tenants'
  | 'api-key'
  | 'issuer'
  | 'connect-link'
  | 'manage-link'
  | 'state'
  | 'root-keys'
  | 'key-rotation'
  | 'audit'
  | 'events'
  | 'timeline'
  | 'webhooks'

export type Part<First extends string> = First | `${First}#${string}`

/** The partitions of a tenant. Items that hold seals belong into the first, which key rotation reads. */
export interface TenantPartitions {
  readonly tenant: { readonly pk: `tenant#${string}`; readonly sk: Part<TenantItem> }
  readonly usage: { readonly pk: `tenant#${string}#usage`; readonly sk: Part<UsageItem> }
}

export type Key =
  | TenantPartitions[keyof TenantPartitions]
  | { readonly pk: Part<OtherPartition>; readonly sk: string }

const tenantPk = (tenant: TenantId) => `tenant#${tenant}` as const
/** Other systems name end users and workspaces. Encoded, no such name can look like a longer key. */
const foreign = encodeURIComponent
export const inTenant = (tenant: TenantId, sk: Part<TenantItem>): Key => ({ pk: tenantPk(tenant), sk })

export const tenantKey = (tenant: TenantId) => inTenant(tenant, 'tenant')
export const logoKey = (tenant: TenantId) => inTenant(tenant, 'logo')
/** One small item for each tenant, all in one partition: the list of tenants is read without reading the whole table. */
export const tenantListKey = (tenant: TenantId) => ({ pk: TENANT_LIST, sk: tenant }) as const satisfies Key
export const TENANT_LIST = 'tenants'
export const appKey = (tenant: TenantId, app: AppId) => inTenant(tenant, `app#${app}`)
export const apiKeyKey = (tenant: TenantId, key: ApiKeyId) => inTenant(tenant, `api-key#${key}`)
export const apiKeyHashKey = (sha256: string): Key => ({ pk: `api-key#${sha256}`, sk: 'api-key' })
export const identityProviderKey = (tenant: TenantId, provider: IdentityProviderId) =>
  inTenant(tenant, `identity-provider#${provider}`)
export const issuerKey = (issuer: string, audience: string): Key => ({
  pk: `issuer#${sha256(JSON.stringify([issuer, audience]))}`,
  sk: 'issuer',
})
export const exportKeyKey = (tenant: TenantId) => inTenant(tenant, 'export-key')
export const connectSessionKey = (tenant: TenantId, session: ConnectSessionId) =>
  inTenant(tenant, `connect-session#${session}`)
export const connectLinkKey = (sha256: string): Key => ({ pk: `connect-link#${sha256}`, sk: 'connect-link' })
export const manageLinkKey = (sha256: string): Key => ({ pk: `manage-link#${sha256}`, sk: 'manage-link' })
export const stateKey = (sha256: string): Key => ({ pk: `state#${sha256}`, sk: 'state' })
export const connectionKey = (tenant: TenantId, connection: ConnectionId) =>
  inTenant(tenant, `connection#${connection}`)
export const workspaceClaimKey = (tenant: TenantId, app: AppId, workspace: WorkspaceId, endUser: EndUserId) =>
  inTenant(tenant, `workspace#${app}#${foreign(workspace)}#${foreign(endUser)}`)
/** The start of the claims of all end users of an app to a workspace. */
export const workspaceClaims = (app: AppId, workspace: WorkspaceId): string =>
  `workspace#${app}#${foreign(workspace)}#`
export const feedKey = (tenant: TenantId, owner: ConnectionId | AppId) => inTenant(tenant, `feed#${owner}`)
export const receivedEventKey = (tenant: TenantId, owner: ConnectionId | AppId, eventId: string) =>
  // ClickFunnels writes an id with hyphens in some places and without in others.
  inTenant(tenant, `received-event#${owner}#${eventId.replaceAll('-', '').toLowerCase()}`)
export const revocationKey = (tenant: TenantId, revocation: RevocationId) =>
  inTenant(tenant, `revocation#${revocation}`)
export const keyedCallKey = (tenant: TenantId, connection: ConnectionId, keyHash: string) =>
  inTenant(tenant, `idempotency-key#${connection}#${keyHash}`)
export const tenantKeyKey = (tenant: TenantId, version: number) =>
  inTenant(tenant, `tenant-key#${padded(version)}`)
/** Sorts after every version. */
export const shreddedKey = (tenant: TenantId) => inTenant(tenant, 'tenant-key#shredded')
export const ROOT_KEY_VERSION_KEY: Key = { pk: 'root-keys', sk: 'root-key-version' }
export const KEY_ROTATION_PROGRESS_KEY: Key = { pk: 'key-rotation', sk: 'progress' }
export const rootKeyKey = (version: number, number: number): Key => ({
  pk: 'root-keys',
  sk: `root-key#${padded(version)}#${padded(number)}`,
})

export const auditEventKey = (tenant: TenantId, event: AuditEventId): Key => ({
  pk: `audit#${tenant}`,
  sk: event,
})

/** A partition of its own, because counters are written all the time and must not slow the tenant's other items down. */
export const usagePartition = (tenant: TenantId) => `${tenantPk(tenant)}#usage` as const

/** The kind of an item of a tenant's partition. */
export const tenantItemOf = ({ sk }: { readonly sk?: unknown }) => String(sk).split('#')[0] as TenantItem

/** The start of the sort keys of one kind, for a query over a tenant's items. */
export const prefixOf = {
  apps: 'app#',
  apiKeys: 'api-key#',
  identityProviders: 'identity-provider#',
  connectSessions: 'connect-session#',
  revocations: 'revocation#',
  connections: 'connection#',
  tenantKeys: 'tenant-key#',
  keyedCalls: 'idempotency-key#',
  outbox: 'outbox#',
  /** The tenant itself and its keys, nothing else. */
  tenantAndKeys: 'tenant',
} as const satisfies Readonly<Record<string, `${TenantItem}#` | 'tenant'>>

export const endUserPartition = (tenant: TenantId, endUser: EndUserId): string =>
  `${tenantPk(tenant)}#end-user#${foreign(endUser)}`
export const duePartition = (partition: number): string => `due#${partition}`
/** The partition of a connection, revocation or event: a hash of its id, so that the load is spread evenly. */
export const duePartitionOf = (id: ConnectionId | AppId | RevocationId | EventId | DeliveryId): number =>
  createHash('sha256').update(id).digest().readUInt32BE(0) % DUE_PARTITIONS

/** Six digits, so that versions sort as numbers. */
function padded(value: number): string {
  return String(value).padStart(6, '0')
}
