// The composition root: makes the AWS clients and says which adapter implements which port.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { KMSClient } from '@aws-sdk/client-kms'
import { AWS_TIMEOUTS } from '#adapters/aws-call.ts'
import { ClickFunnelsApi } from '#adapters/clickfunnels/api.ts'
import { LazyAuthorizationServer } from '#adapters/clickfunnels/lazy-authorization-server.ts'
import { LazyWebhookEndpoints } from '#adapters/clickfunnels/lazy-webhook-endpoints.ts'
import { type ProviderSettings, providerProfile } from '#adapters/clickfunnels/profiles.ts'
import { DynamoDbApiKeys } from '#adapters/dynamodb/api-keys.ts'
import { DynamoDbApps } from '#adapters/dynamodb/apps.ts'
import { DynamoDbAuditEvents } from '#adapters/dynamodb/audit-events.ts'
import { DynamoDbTimeline } from '#adapters/dynamodb/connections/timeline.ts'
import { DynamoDbConnections } from '#adapters/dynamodb/connections.ts'
import { DynamoDbFeeds } from '#adapters/dynamodb/feeds/feeds.ts'
import { DynamoDbIdentityProviders } from '#adapters/dynamodb/identity-providers.ts'
import { DynamoDbKeyedCalls } from '#adapters/dynamodb/keyed-calls.ts'
import { DynamoDbRevocations } from '#adapters/dynamodb/revocations.ts'
import { DynamoDbSealedRecords } from '#adapters/dynamodb/sealed-records.ts'
import { DynamoDbSessions } from '#adapters/dynamodb/sessions/sessions.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { DynamoDbTenantRemains } from '#adapters/dynamodb/tenant-remains.ts'
import { DynamoDbTenants } from '#adapters/dynamodb/tenants.ts'
import { DynamoDbUsage } from '#adapters/dynamodb/usage/usage.ts'
import { SqsRecoveryQueue } from '#adapters/sqs/recovery-queue.ts'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { KmsRootKeys } from '#adapters/vault/root-keys.ts'
import { TenantKeyWrapping } from '#adapters/vault/tenant-key-wrapping.ts'
import { KmsTenantKeys } from '#adapters/vault/tenant-keys.ts'
import { KmsVault } from '#adapters/vault/vault.ts'
import { AuditTrail } from '#domain/audit/trail.ts'
import { Pacer } from '#domain/connections/pace.ts'
import { stampFor } from '#domain/events/event.ts'
import { idMinter } from '#domain/ids.ts'
import { IssuerRule } from '#domain/provider/issuer.ts'
import { Limiter } from '#domain/tenants/limits.ts'
import type { Limits } from '#domain/tenants/tenant.ts'
import { epochSeconds } from '#domain/time.ts'
import { HeldRotations } from '#domain/tokens/recovery-queue.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import type { Services } from './all-services.ts'
import { ProcessBackground } from './background.ts'
import { createLog } from './logger.ts'
import { lazyTokenVerifier } from './token-verifier.ts'

/** The services of a function that does not call ClickFunnels. */
export type StoreServices = Omit<
  Services,
  | 'provider'
  | 'tokenVerifier'
  | 'authorizationServer'
  | 'issuerRule'
  | 'resourceServer'
  | 'identifyToken'
  | 'webhookEndpoints'
  | 'recoveryQueue'
  | 'lazyRefresh'
  | 'sealedExport'
  | 'exportTools'
>

interface Primable {
  /** Makes the first calls of the process to DynamoDB and KMS. Their results are kept. */
  prime(): Promise<void>
}

interface Stored {
  readonly table: Table
}

interface Resumable {
  /** Stores the token rotations that an earlier invocation of this process could not store, if there are any. */
  resume(): Promise<void> | undefined
}

interface StoreSettings {
  readonly TABLE_NAME: string
  readonly PUBLIC_URL: string
  readonly ROOT_KEY_ARN: string
  readonly DEFAULT_CONNECTIONS: string
  readonly DEFAULT_SESSIONS_PER_MINUTE: string
  readonly DEFAULT_REQUESTS_PER_SECOND: string
  readonly DEFAULT_CONCURRENT_REQUESTS: string
  readonly AUDIT_RETENTION_DAYS: string
}

export function createStoreServices(
  functionName: string,
  settings: StoreSettings,
): StoreServices & Primable & Stored {
  const table = new Table(new DynamoDBClient({ requestHandler: AWS_TIMEOUTS }), settings.TABLE_NAME)
  const now = () => epochSeconds(Date.now() / 1000)
  const dataKeys = new KmsDataKeys(new KMSClient({ requestHandler: AWS_TIMEOUTS }))
  const rootKeys = new KmsRootKeys(dataKeys, settings.ROOT_KEY_ARN, table, now)
  const tenantKeys = new KmsTenantKeys(new TenantKeyWrapping(rootKeys, dataKeys), table, now)
  const sealedRecords = new DynamoDbSealedRecords(table)
  const newId = idMinter(Date.now, randomBytes)
  const stamp = stampFor({ newId, now })
  const sessions = new DynamoDbSessions(table, stamp)
  const revocations = new DynamoDbRevocations(table)
  const usage = new DynamoDbUsage(table, stamp)
  const log = createLog(functionName)
  const auditEvents = new DynamoDbAuditEvents(table)
  const trail = { events: auditEvents, newId, now, log }
  const tenants = new DynamoDbTenants(table, (tenant, items) => tenantKeys.keepWrapped(tenant, items))
  const ambient = {
    now,
    stopwatch: () => performance.now() / 1000,
    sleep: (milliseconds: number) => sleep(milliseconds),
    background: new ProcessBackground(log),
    log,
  }
  return {
    ...ambient,
    table,
    newId,
    randomBytes,
    chance: Math.random,
    publicUrl: settings.PUBLIC_URL,
    tenants,
    apps: new DynamoDbApps(table, stamp),
    apiKeys: new DynamoDbApiKeys(table),
    identityProviders: new DynamoDbIdentityProviders(table),
    sessions,
    authorizations: sessions,
    connections: new DynamoDbConnections(table, stamp),
    revocations,
    feeds: new DynamoDbFeeds(table, stamp),
    timeline: new DynamoDbTimeline(table),
    keyedCalls: new DynamoDbKeyedCalls(table),
    dueIndex: revocations,
    vault: new KmsVault(tenantKeys),
    tenantKeys,
    tenantRemains: new DynamoDbTenantRemains(table),
    rootKeys,
    sealedRecords,
    keyRotationProgress: sealedRecords,
    usage,
    auditEvents,
    audit: new AuditTrail(trail, Number(settings.AUDIT_RETENTION_DAYS), functionName),
    limiter: new Limiter(usage, defaultLimits(settings)),
    log,
    heldRotations: new HeldRotations(),
    tokenMemory: new TokenMemory(),
    pacer: new Pacer(),
    prime: () => rootKeys.prime(),
  }
}

export function createServices(
  functionName: string,
  settings: StoreSettings &
    ProviderSettings & {
      readonly RECOVERY_QUEUE_URL: string
      readonly LAZY_REFRESH?: 'off' | 'on' | ''
      readonly SEALED_EXPORT?: string
    },
): Services & Primable & Resumable & Stored {
  const provider = providerProfile(settings)
  const store = createStoreServices(functionName, settings)
  return {
    ...store,
    provider,
    lazyRefresh: settings.LAZY_REFRESH === 'on',
    sealedExport: settings.SEALED_EXPORT || 'off',
    exportTools: async () => (await import('./export-tools.ts')).exportTools(store.table),
    tokenVerifier: lazyTokenVerifier(settings.PUBLIC_URL),
    recoveryQueue: new SqsRecoveryQueue(settings.RECOVERY_QUEUE_URL),
    authorizationServer: new LazyAuthorizationServer(async () => {
      const { ClickFunnelsOAuth } = await import('#adapters/clickfunnels/oauth.ts')
      return new ClickFunnelsOAuth(provider)
    }),
    issuerRule: new IssuerRule(
      async () => (await import('#adapters/clickfunnels/metadata.ts')).readIssuerPromise(provider.issuer),
      store.now,
      store.log,
    ),
    resourceServer: new ClickFunnelsApi(provider),
    identifyToken: async (accessToken) =>
      (await import('#adapters/clickfunnels/identify.ts')).identifyToken(provider, accessToken),
    webhookEndpoints: new LazyWebhookEndpoints(async () => {
      const { ClickFunnelsWebhookEndpoints } = await import('#adapters/clickfunnels/webhook-endpoints.ts')
      return new ClickFunnelsWebhookEndpoints(provider)
    }),
    resume: () => (store.heldRotations.isEmpty() ? undefined : store.heldRotations.attemptAll()),
  }
}

/** An empty setting means no limit. */
export function defaultLimits(settings: StoreSettings): Limits {
  const limits = {
    connections: settings.DEFAULT_CONNECTIONS,
    sessionsPerMinute: settings.DEFAULT_SESSIONS_PER_MINUTE,
    requestsPerSecond: settings.DEFAULT_REQUESTS_PER_SECOND,
    concurrentRequests: settings.DEFAULT_CONCURRENT_REQUESTS,
  } satisfies Partial<Record<keyof Limits, string>>
  const set = Object.entries(limits).filter(([, limit]) => limit !== '')
  return Object.fromEntries(set.map(([name, limit]) => [name, Number(limit)]))
}
