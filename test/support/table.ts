// The table past the service: to look at everything that is stored, and to make time pass for what is due.
import { setTimeout as sleep } from 'node:timers/promises'
import {
  DynamoDBClient,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { DUE_INDEX, prefixOf } from '#adapters/dynamodb/schema.ts'

interface Stack {
  readonly endpoints: { readonly dynamodb: string }
}

type Item = NonNullable<Awaited<ReturnType<typeof scan>>['items']>[number]

/** Every item of the table. */
export async function storedItems(stack: Stack): Promise<readonly Item[]> {
  const { client, items } = await scan(stack)
  client.destroy()
  return items
}

/** The keys of all items, each as "<pk> <sk>". */
export async function keysStored(stack: Stack): Promise<string[]> {
  return (await storedItems(stack)).map(({ pk, sk }) => `${pk?.S} ${sk?.S}`)
}

/** Waits until no event waits in the outbox: its publication makes calls, too, which a test may count. */
export async function untilPublished(stack: Stack): Promise<void> {
  const isWaiting = (key: string) => key.includes(` ${prefixOf.outbox}`)
  while ((await keysStored(stack)).some(isWaiting)) await sleep(50)
}

/**
 * Makes everything that has a due time due, but for events: they are on their way, and would be put again.
 * @param since epoch seconds; the default is long ago
 */
export async function makeAllDue(stack: Stack, since = 1): Promise<void> {
  const { client, items, TableName } = await scan(stack)
  for (const { pk, sk, [DUE_INDEX.sortKey]: dueAt } of items) {
    if (pk === undefined || sk === undefined || dueAt === undefined) continue
    if (sk.S?.startsWith(prefixOf.outbox)) continue
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk, sk },
        UpdateExpression: 'SET #due = :past',
        ExpressionAttributeNames: { '#due': DUE_INDEX.sortKey },
        ExpressionAttributeValues: { ':past': { N: String(since) } },
      }),
    )
  }
  client.destroy()
}

/** Lets the last refresh of every connection be long ago, so that the next one that is asked for is made. */
export async function ageRefreshes(stack: Stack): Promise<void> {
  const { client, items, TableName } = await scan(stack)
  for (const { pk, sk, lastRefreshedAt } of items) {
    if (pk === undefined || sk === undefined || lastRefreshedAt === undefined) continue
    const UpdateExpression = 'SET lastRefreshedAt = :past'
    const ExpressionAttributeValues = { ':past': { N: '1' } }
    await client.send(
      new UpdateItemCommand({ TableName, Key: { pk, sk }, UpdateExpression, ExpressionAttributeValues }),
    )
  }
  client.destroy()
}

/** Makes every connection that was refused have been refused long ago, so that the next refusal is final. */
export async function ageRefusals(stack: Stack): Promise<void> {
  const { client, items, TableName } = await scan(stack)
  for (const { pk, sk, state } of items) {
    if (pk === undefined || sk === undefined || state?.M?.refusedAt === undefined) continue
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk, sk },
        UpdateExpression: 'SET #state.refusedAt = :past, updatedAt = :past',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':past': { N: '1' } },
      }),
    )
  }
  client.destroy()
}

/** Lets every lease run out now; gives how many there were. */
export async function endLeases(stack: Stack): Promise<number> {
  const { client, items, TableName } = await scan(stack)
  const leased = items.filter(({ leaseUntil }) => leaseUntil !== undefined)
  for (const { pk, sk } of leased) {
    if (pk === undefined || sk === undefined) continue
    const UpdateExpression = 'SET leaseUntil = :past'
    const ExpressionAttributeValues = { ':past': { N: '1' } }
    await client.send(
      new UpdateItemCommand({ TableName, Key: { pk, sk }, UpdateExpression, ExpressionAttributeValues }),
    )
  }
  client.destroy()
  return leased.length
}

/** Lets every tenant that was suspended within the last minute have been suspended one earlier, so that it can be exported now. */
export async function ageSuspensions(stack: Stack): Promise<void> {
  for (const item of await storedItems(stack)) {
    const at = item.status?.S === 'suspended' && item.suspendedAt?.N
    const isRecent = at && Number(at) > Date.now() / 1000 - 60
    if (isRecent) await putItem(stack, { ...item, suspendedAt: { N: String(Number(at) - 60) } })
  }
}

/** Lets the time of every connect link, state and session that has not ended run out now. */
export async function expireAttempts(stack: Stack): Promise<void> {
  const { client, items, TableName } = await scan(stack)
  for (const { pk, sk } of items) {
    if (pk === undefined || sk === undefined || !/^(connect-link|state|connect-session)/.test(sk.S ?? ''))
      continue
    const UpdateExpression = 'SET expiresAt = :past'
    const ExpressionAttributeValues = { ':past': { N: '1' } }
    await client.send(
      new UpdateItemCommand({ TableName, Key: { pk, sk }, UpdateExpression, ExpressionAttributeValues }),
    )
  }
  client.destroy()
}

/** Changes the calls with an Idempotency-Key: `SET …` in DynamoDB's language, ":past" being long ago. */
async function changeKeyedCalls(stack: Stack, UpdateExpression: string): Promise<void> {
  const { client, items, TableName } = await scan(stack)
  for (const { pk, sk } of items) {
    if (pk === undefined || sk?.S?.startsWith(prefixOf.keyedCalls) !== true) continue
    await client.send(
      new UpdateItemCommand({
        TableName,
        Key: { pk, sk },
        UpdateExpression,
        ...(UpdateExpression.includes('#') && {
          ExpressionAttributeNames: { '#state': 'state', '#until': 'until' },
        }),
        ExpressionAttributeValues: { ':past': { N: '1' } },
      }),
    )
  }
  client.destroy()
}

/** As if whoever carries out calls with an Idempotency-Key had been cut off long ago. */
export const cutOffKeyedCalls = (stack: Stack) => changeKeyedCalls(stack, 'SET #state.#until = :past')
/** As if a day had gone by since the calls with an Idempotency-Key. */
export const expireKeyedCalls = (stack: Stack) => changeKeyedCalls(stack, 'SET expiresAt = :past')

async function scan({ endpoints }: Stack) {
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

/** Makes every key of the vault older, and what is noted about it. */
export async function ageKeys(stack: Stack, seconds: number): Promise<void> {
  for (const item of await storedItems(stack)) {
    if (!/^(root-key-version|tenant-key#\d)/.test(item.sk?.S ?? '')) continue
    const aged = ['createdAt', 'retiredAt'].flatMap((name) => {
      const moment = item[name]?.N
      return moment === undefined ? [] : [[name, { N: String(Number(moment) - seconds) }]]
    })
    await putItem(stack, { ...item, ...Object.fromEntries(aged) })
  }
}

export async function putItem(stack: Stack, Item: Item): Promise<void> {
  const { client, TableName } = await scan(stack)
  await client.send(new PutItemCommand({ TableName, Item }))
  client.destroy()
}
