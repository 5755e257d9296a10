// The real adapters on emulators: DynamoDB (dynoxide) with the table as the data stack makes it, and KMS. Where
// AWS_ENDPOINT_URL_DYNAMODB or …_KMS is set, that endpoint is used instead; a table there is deleted at the end.
import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  GetItemCommand,
  type KeySchemaElement,
  ScanCommand,
} from '@aws-sdk/client-dynamodb'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb'
import { DynamoDbApiKeys } from '#adapters/dynamodb/api-keys.ts'
import { DynamoDbApps } from '#adapters/dynamodb/apps.ts'
import { DynamoDbAuditEvents } from '#adapters/dynamodb/audit-events.ts'
import { DynamoDbTimeline } from '#adapters/dynamodb/connections/timeline.ts'
import { DynamoDbConnections } from '#adapters/dynamodb/connections.ts'
import { DynamoDbEventLog } from '#adapters/dynamodb/events/event-log.ts'
import { DynamoDbExportKeys } from '#adapters/dynamodb/export-keys.ts'
import { DynamoDbFeeds } from '#adapters/dynamodb/feeds/feeds.ts'
import { DynamoDbIdentityProviders } from '#adapters/dynamodb/identity-providers.ts'
import { DynamoDbKeyedCalls } from '#adapters/dynamodb/keyed-calls.ts'
import { DynamoDbLogos } from '#adapters/dynamodb/logos.ts'
import { DynamoDbManageLinks } from '#adapters/dynamodb/manage-links.ts'
import { DynamoDbRevocations } from '#adapters/dynamodb/revocations.ts'
import { DUE_INDEX, END_USER_INDEX, type Key, PARTITION_KEY, SORT_KEY } from '#adapters/dynamodb/schema.ts'
import { DynamoDbSealedRecords } from '#adapters/dynamodb/sealed-records.ts'
import { DynamoDbSessions } from '#adapters/dynamodb/sessions/sessions.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { DynamoDbTenantRemains } from '#adapters/dynamodb/tenant-remains.ts'
import { DynamoDbTenants } from '#adapters/dynamodb/tenants.ts'
import { DynamoDbSlowHosts } from '#adapters/dynamodb/usage/slow-hosts.ts'
import { DynamoDbUsage } from '#adapters/dynamodb/usage/usage.ts'
import { DynamoDbDeliveries } from '#adapters/dynamodb/webhooks/deliveries.ts'
import { DynamoDbEndpoints } from '#adapters/dynamodb/webhooks/endpoints.ts'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { KmsRootKeys } from '#adapters/vault/root-keys.ts'
import { TenantKeyWrapping } from '#adapters/vault/tenant-key-wrapping.ts'
import { KmsTenantKeys } from '#adapters/vault/tenant-keys.ts'
import { KmsVault } from '#adapters/vault/vault.ts'
import { stampFor } from '#domain/events/event.ts'
import type { Clock } from '#domain/time.ts'
import { startDynoxide } from '../../infra/local/dynamodb/dynoxide.ts'
import { startKmsEndpoint } from '../../infra/local/kms/endpoint.ts'
import { NOW, newId } from '../contracts/samples.ts'
import type { Stores } from '../contracts/stores.ts'

export const TABLE = 'funnel-connect'
const ACCESS = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }

export interface Backend {
  readonly client: DynamoDBClient
  readonly table: Table
  readonly stores: Stores
  /** An item as it is stored. */
  item(key: Key): Promise<Record<string, unknown> | undefined>
  /** All items as they are stored, or those of an index. */
  items(index?: string): Promise<Record<string, unknown>[]>
  /** Empties a table on an endpoint of the environment, which may take longer for each call the more the table holds. */
  emptyExternal(): Promise<void>
  close(): Promise<void>
}

/** @param starting the database; one that fails when told to, say */
export async function openBackend(
  starting?: Promise<{ readonly url: string; close(): Promise<void> }>,
): Promise<Backend> {
  const external = starting === undefined ? process.env.AWS_ENDPOINT_URL_DYNAMODB : undefined
  const database = external ? undefined : await (starting ?? startDynoxide())
  const client = new DynamoDBClient({ endpoint: database?.url ?? external ?? '', ...ACCESS })
  await createTable(client)
  const table = new Table(client, TABLE)
  return {
    client,
    table,
    stores: storesOn(table),
    item: async (key) => {
      const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: marshall(key) }))
      return Item && unmarshall(Item)
    },
    items: async (index) => {
      const { Items } = await client.send(new ScanCommand({ TableName: TABLE, IndexName: index }))
      return (Items ?? []).map((item) => unmarshall(item))
    },
    emptyExternal: async () => {
      if (!external) return
      await client.send(new DeleteTableCommand({ TableName: TABLE }))
      await createTable(client)
    },
    close: async () => {
      if (external) await client.send(new DeleteTableCommand({ TableName: TABLE }))
      client.destroy()
      await database?.close()
    },
  }
}

export function storesOn(table: Table): Stores {
  const stamp = stampFor({ newId, now: () => NOW })
  const sessions = new DynamoDbSessions(table, stamp)
  const revocations = new DynamoDbRevocations(table)
  const sealedRecords = new DynamoDbSealedRecords(table)
  const eventLog = new DynamoDbEventLog(table)
  const endpoints = new DynamoDbEndpoints(table, stamp)
  return {
    tenants: new DynamoDbTenants(table),
    logos: new DynamoDbLogos(table),
    apps: new DynamoDbApps(table, stamp),
    apiKeys: new DynamoDbApiKeys(table),
    identityProviders: new DynamoDbIdentityProviders(table),
    sessions,
    authorizations: sessions,
    connections: new DynamoDbConnections(table, stamp),
    revocations,
    feeds: new DynamoDbFeeds(table, stamp),
    timeline: new DynamoDbTimeline(table),
    exportKeys: new DynamoDbExportKeys(table),
    keyedCalls: new DynamoDbKeyedCalls(table),
    dueIndex: revocations,
    sealedRecords,
    keyRotationProgress: sealedRecords,
    usage: new DynamoDbUsage(table, stamp),
    slowHosts: new DynamoDbSlowHosts(table),
    manageLinks: new DynamoDbManageLinks(table),
    auditEvents: new DynamoDbAuditEvents(table),
    outbox: eventLog,
    eventLog,
    endpoints,
    subscribers: endpoints,
    deliveries: new DynamoDbDeliveries(table),
    tenantRemains: new DynamoDbTenantRemains(table),
  }
}

export interface Keys {
  readonly client: KMSClient
  /** How often each operation was called, including failed calls. */
  calls(): Readonly<Record<string, number>>
  readonly arn: string
  /** The ARN of a KMS key that a tenant brings. */
  readonly ownArn: string
  /** The keys of a new process: its caches are empty. */
  process(table: Table, now?: Clock): KeyProcess
  /** The vault of a new process. */
  vault(table: Table): KmsVault
  close(): Promise<void>
}

export interface KeyProcess {
  readonly vault: KmsVault
  readonly tenantKeys: KmsTenantKeys
  readonly rootKeys: KmsRootKeys
}

export async function openKeys(): Promise<Keys> {
  const external = process.env.AWS_ENDPOINT_URL_KMS
  const endpoint = external ? undefined : await startKmsEndpoint()
  const client = new KMSClient({ endpoint: endpoint?.url ?? external ?? '', ...ACCESS, maxAttempts: 1 })
  const newKey = async () => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}))
    return KeyMetadata?.Arn ?? ''
  }
  const [arn, ownArn] = [await newKey(), await newKey()]
  const calls: Record<string, number> = {}
  client.middlewareStack.add(
    (next, { commandName }) => {
      const operation = (commandName ?? '').replace('Command', '')
      return (args) => {
        calls[operation] = (calls[operation] ?? 0) + 1
        return next(args)
      }
    },
    { step: 'initialize' },
  )
  const keyProcess = (table: Table, now: Clock = () => NOW): KeyProcess => {
    const dataKeys = new KmsDataKeys(client)
    const rootKeys = new KmsRootKeys(dataKeys, arn, table, now)
    const tenantKeys = new KmsTenantKeys(new TenantKeyWrapping(rootKeys, dataKeys), table, now)
    return { vault: new KmsVault(tenantKeys), tenantKeys, rootKeys }
  }
  return {
    client,
    calls: () => ({ ...calls }),
    arn,
    ownArn,
    process: keyProcess,
    vault: (table) => keyProcess(table).vault,
    close: async () => {
      client.destroy()
      await endpoint?.close()
    },
  }
}

async function createTable(client: DynamoDBClient): Promise<void> {
  const keys = (partition: string, sort: string): KeySchemaElement[] => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ]
  const strings = [PARTITION_KEY, SORT_KEY, DUE_INDEX.partitionKey, END_USER_INDEX.partitionKey]
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keys(PARTITION_KEY, SORT_KEY),
      AttributeDefinitions: [
        ...strings.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }) as const),
        { AttributeName: DUE_INDEX.sortKey, AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: DUE_INDEX.name,
          KeySchema: keys(DUE_INDEX.partitionKey, DUE_INDEX.sortKey),
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...DUE_INDEX.attributes] },
        },
        {
          IndexName: END_USER_INDEX.name,
          KeySchema: keys(END_USER_INDEX.partitionKey, END_USER_INDEX.sortKey),
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  )
}
