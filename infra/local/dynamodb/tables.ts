// Creates the template's tables in DynamoDB (dynoxide, or the endpoint in AWS_ENDPOINT_URL_DYNAMODB) unless they exist.
import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  ResourceInUseException,
  ResourceNotFoundException,
  type StreamViewType,
  type TableDescription,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import type { TableDefinition } from '../cloudformation/template.ts'

const CREATION_LIMIT_SECONDS = 30

/** The properties of a template's table that matter locally. The others (such as backups) do not. */
interface TableShape {
  readonly AttributeDefinitions: AttributeDefinition[]
  readonly KeySchema: KeySchemaElement[]
  readonly GlobalSecondaryIndexes?: GlobalSecondaryIndex[]
  readonly StreamSpecification?: { readonly StreamViewType: StreamViewType }
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: boolean }
}

/** @param environment DynamoDB's endpoint and the credentials, as an AWS SDK reads them */
export async function ensureTables(
  environment: Readonly<Record<string, string>>,
  tables: readonly TableDefinition[],
): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB ?? '',
    region: environment.AWS_REGION ?? '',
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
      ...(environment.AWS_SESSION_TOKEN && { sessionToken: environment.AWS_SESSION_TOKEN }),
    },
  })
  try {
    for (const table of tables) await ensureTable(client, table)
  } finally {
    client.destroy()
  }
}

async function ensureTable(client: DynamoDBClient, { name, properties }: TableDefinition): Promise<void> {
  const shape = properties as unknown as TableShape
  const existing = await describe(client, name)
  if (existing) {
    refuseOtherShape(name, existing, shape)
    return addStream(client, name, existing, shape)
  }
  const { StreamSpecification, TimeToLiveSpecification } = shape
  const indexes = shape.GlobalSecondaryIndexes?.map(({ IndexName, KeySchema, Projection }) => ({
    IndexName,
    KeySchema,
    Projection,
  }))
  try {
    await client.send(
      new CreateTableCommand({
        TableName: name,
        AttributeDefinitions: shape.AttributeDefinitions,
        KeySchema: shape.KeySchema,
        BillingMode: 'PAY_PER_REQUEST',
        ...(indexes && { GlobalSecondaryIndexes: indexes }),
        ...(StreamSpecification && {
          StreamSpecification: { ...StreamSpecification, StreamEnabled: true },
        }),
      }),
    )
  } catch (error) {
    // Another stack on the same endpoint created it at the same time.
    if (!(error instanceof ResourceInUseException)) throw error
  }
  const wait = { client, maxWaitTime: CREATION_LIMIT_SECONDS, minDelay: 1, maxDelay: 1 }
  await waitUntilTableExists(wait, { TableName: name })
  if (TimeToLiveSpecification) {
    await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }))
  }
}

/** A table from before there were streams gets one. */
async function addStream(
  client: DynamoDBClient,
  name: string,
  existing: TableDescription,
  { StreamSpecification }: TableShape,
): Promise<void> {
  if (!StreamSpecification || existing.StreamSpecification?.StreamEnabled) return
  const wanted = { ...StreamSpecification, StreamEnabled: true }
  await client.send(new UpdateTableCommand({ TableName: name, StreamSpecification: wanted }))
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: name }))).Table
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined
    throw error
  }
}

/** Refuses a table from an older version of the template, because it would cause confusing errors later. */
function refuseOtherShape(name: string, existing: TableDescription, shape: TableShape): void {
  const is = keysOf(existing.KeySchema, existing.GlobalSecondaryIndexes)
  const should = keysOf(shape.KeySchema, shape.GlobalSecondaryIndexes)
  if (is === should) return
  throw new Error(
    `The table "${name}" has the keys ${is}, but the template has ${should}. Remove the table (or DATA_DIR) and start again.`,
  )
}

interface IndexKeys {
  readonly IndexName?: string | undefined
  readonly KeySchema?: KeySchemaElement[] | undefined
}

function keysOf(table: KeySchemaElement[] = [], indexes: readonly IndexKeys[] = []): string {
  const names = (schema: KeySchemaElement[] = []) => schema.map((element) => element.AttributeName).join('+')
  const others = indexes.map((index) => `${index.IndexName}:${names(index.KeySchema)}`).sort()
  return [names(table), ...others].join(', ')
}
