// What a request to DynamoDB, KMS or SQS needs permission for, as AWS sees it: one call for each item of a transaction, one
// with all keys for a batch, and the use of the table's key. Protocol: JSON with the operation in X-Amz-Target.
import { PARTITION_KEY } from '#adapters/dynamodb/schema.ts'
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../kms/keys.ts'
import type { Call } from './evaluate.ts'

type Json = Readonly<Record<string, unknown>>
type Attributes = Readonly<Record<string, { readonly S?: string }>>

const SERVICES: Readonly<Record<string, (operation: string, body: Json) => readonly Call[]>> = {
  DynamoDB_20120810: dynamoDbCalls,
  TrentService: kmsCalls,
  AmazonSQS: sqsCalls,
}

/**
 * @param tableKeyArn the KMS key that encrypts the table. DynamoDB decrypts with it on behalf of its caller ("Encryption at
 * rest" in its developer guide). Without it, this call is left out.
 * @throws Error for a request of another service
 */
export function callsOf(target: string, body: Json, tableKeyArn?: string): readonly Call[] {
  const [service = '', operation = ''] = target.split('.')
  const calls = SERVICES[service]
  if (calls === undefined) throw new Error(`The local evaluation of policies does not know "${target}"`)
  const own = calls(operation, body)
  if (calls !== dynamoDbCalls || tableKeyArn === undefined) return own
  const viaService = { 'kms:ViaService': [`dynamodb.${LOCAL_REGION}.amazonaws.com`] }
  return [...own, { action: 'kms:Decrypt', resource: tableKeyArn, context: viaService }]
}

/** The operations of a transaction's items. */
const ITEM_ACTIONS = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
} as const

function dynamoDbCalls(operation: string, body: Json): readonly Call[] {
  if (operation === 'TransactWriteItems') {
    const items = body.TransactItems as readonly Readonly<Record<string, Json>>[]
    return items.flatMap((item) =>
      Object.entries(item).map(([kind, input]) =>
        tableCall(ITEM_ACTIONS[kind as keyof typeof ITEM_ACTIONS], input, [keyOf(input)]),
      ),
    )
  }
  if (operation === 'BatchGetItem') {
    const tables = Object.entries(body.RequestItems as Readonly<Record<string, { Keys: Attributes[] }>>)
    return tables.map(([TableName, { Keys }]) =>
      tableCall(
        operation,
        { TableName },
        Keys.map((Key) => keyOf({ Key })),
      ),
    )
  }
  if (operation === 'Query') {
    const values = body.ExpressionAttributeValues as Attributes
    return [tableCall(operation, body, [values[':partition']?.S ?? ''])]
  }
  return [tableCall(operation, body, [keyOf(body)])]
}

function keyOf({ Key, Item }: Json): string {
  return ((Key ?? Item) as Attributes | undefined)?.[PARTITION_KEY]?.S ?? ''
}

/** Words of DynamoDB's expressions that name no attribute. */
const WORDS =
  /^(SET|ADD|REMOVE|DELETE|AND|OR|NOT|IN|BETWEEN|attribute_(not_)?exists|attribute_type|if_not_exists|list_append|begins_with|contains|size)$/

/** The top-level attributes that a write names: in its key or item, and in its expressions, with placeholders resolved. */
function attributesOf({ Key, Item, UpdateExpression, ConditionExpression, ExpressionAttributeNames }: Json) {
  const names = (ExpressionAttributeNames ?? {}) as Readonly<Record<string, string>>
  const tokens = `${UpdateExpression ?? ''} ${ConditionExpression ?? ''}`.match(/[.#:]?#?[A-Za-z_]\w*/g) ?? []
  const named = tokens
    .filter((token) => !/^[.:]/.test(token) && !WORDS.test(token))
    .map((token) => names[token] ?? token)
  return [...new Set([...Object.keys((Key ?? Item ?? {}) as Json), ...named])]
}

function tableCall(operation: string, input: Json, keys: readonly string[]): Call {
  const { TableName, IndexName } = input
  const table = `arn:aws:dynamodb:${LOCAL_REGION}:${LOCAL_ACCOUNT}:table/${TableName}`
  return {
    action: `dynamodb:${operation}`,
    resource: IndexName === undefined ? table : `${table}/index/${IndexName}`,
    context: {
      'dynamodb:LeadingKeys': keys,
      ...(/^(Update|Put)Item$/.test(operation) && { 'dynamodb:Attributes': attributesOf(input) }),
    },
  }
}

function kmsCalls(operation: string, { KeyId, EncryptionContext }: Json): readonly Call[] {
  const context = Object.entries((EncryptionContext ?? {}) as Readonly<Record<string, string>>)
  return [
    {
      action: `kms:${operation}`,
      resource: String(KeyId),
      context: Object.fromEntries(context.map(([name, value]) => [`kms:EncryptionContext:${name}`, [value]])),
    },
  ]
}

function sqsCalls(operation: string, { QueueUrl }: Json): readonly Call[] {
  const name = String(QueueUrl).split('/').at(-1)
  return [
    {
      action: `sqs:${operation}`,
      resource: `arn:aws:sqs:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${name}`,
      context: {},
    },
  ]
}
