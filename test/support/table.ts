// The table past the service: to look at everything that is stored, and to make time pass for what is due.
import { DynamoDBClient, ListTablesCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { DUE_INDEX } from '#adapters/table.ts'
import type { LocalStack } from '../../infra/local/stack.ts'

type Item = NonNullable<Awaited<ReturnType<typeof scan>>['items']>[number]

/** Every item of the table. */
export async function storedItems(stack: LocalStack): Promise<readonly Item[]> {
  const { client, items } = await scan(stack)
  client.destroy()
  return items
}

/** Makes everything that has a due time due now. */
export async function makeAllDue(stack: LocalStack): Promise<void> {
  const { client, items, TableName } = await scan(stack)
  for (const { pk, sk, [DUE_INDEX.sortKey]: dueAt } of items) {
    if (pk === undefined || sk === undefined || dueAt === undefined) continue
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk, sk },
        UpdateExpression: 'SET #due = :past',
        ExpressionAttributeNames: { '#due': DUE_INDEX.sortKey },
        ExpressionAttributeValues: { ':past': { N: '1' } },
      }),
    )
  }
  client.destroy()
}

async function scan({ endpoints }: LocalStack) {
  const client = new DynamoDBClient({
    endpoint: endpoints.dynamodb,
    region: 'local',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const { TableNames = [] } = await client.send(new ListTablesCommand({}))
  const [TableName] = TableNames
  const { Items: items = [] } = await client.send(new ScanCommand({ TableName }))
  return { client, items, TableName }
}
