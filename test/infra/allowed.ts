// Everything that the functions' roles may do, written out here a second time: a permission that is added has to be added in
// both places, and is seen in review.
import { ROOT_KEY_PURPOSE, TENANT_KEY_PURPOSE, WEBHOOK_SECRET_PURPOSE } from '#adapters/vault/purpose.ts'
import type { FunctionName } from '#runtime/env.ts'

export const LOG_AND_TRACES = [
  'logs:CreateLogStream on own log',
  'logs:PutLogEvents on own log',
  // X-Ray has no resources to name.
  'xray:PutTelemetryRecords on *',
  'xray:PutTraceSegments on *',
]
/** DynamoDB uses the table's key in the name of its caller. */
const THROUGH_DYNAMODB = 'on TableKey if kms:ViaService is dynamodb.eu-central-1.amazonaws.com'
const TENANT = 'tenant#ten_??????????????????????????'
const ON_TABLE_KEY = [
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'ReEncryptFrom',
  'ReEncryptTo',
].map((action) => `kms:${action} ${THROUGH_DYNAMODB}`)
/** What may be done with the items of a partition, each action a word. */
const items = (partition: string, actions: string) =>
  actions.split(' ').map((action) => `dynamodb:${action} on Table, partition ${partition}`)
const READ_AND_WRITE = 'GetItem Query PutItem UpdateItem DeleteItem'
const AND_CREATE = `${READ_AND_WRITE} ConditionCheckItem`
const AUDITED = [...ON_TABLE_KEY, ...items('audit#*', 'PutItem')]
/** Appends to the timelines of connections. */
const TOLD = [...AUDITED, ...items('timeline#*', 'PutItem')]
/** Authentication reads what a credential leads to, and notes when a key was last used. */
const CALLERS = [
  ...items('api-key#*', 'GetItem'),
  'dynamodb:UpdateItem on Table, partition api-key#*, attributes pk sk lastUsedAt',
  ...items('issuer#*', 'BatchGetItem'),
]
/** The deletion of a tenant. */
const ERASING = [
  ...items('api-key#*', 'DeleteItem'),
  ...items('issuer#*', 'DeleteItem'),
  ...items('tenants', 'DeleteItem'),
  ...items(`${TENANT}#usage`, 'Query DeleteItem'),
  ...items('events#*', 'Query DeleteItem'),
  ...items('timeline#*', 'Query DeleteItem'),
  ...items('webhooks#*', 'Query DeleteItem'),
]
const END_USER_INDEX = [`dynamodb:Query on Table/index/end-user, partition ${TENANT}#end-user#*`]
/** The KMS keys that tenants bring are none of ours: their own policies decide, too. */
const onTenantsKeys = (action: string) =>
  `${action} on arn:AWS::Partition:kms:eu-central-1:*:key/* if kms:EncryptionContext:purpose is ${TENANT_KEY_PURPOSE}`
const onRootKey = (action: string) =>
  `${action} on RootKey if kms:EncryptionContext:purpose is ${ROOT_KEY_PURPOSE}`
/** Of the secrets that sign webhooks. */
const onWebhookSecrets = (action: string) =>
  `${action} on RootKey if kms:EncryptionContext:purpose is ${WEBHOOK_SECRET_PURPOSE}`
const VAULT = [onRootKey('kms:Decrypt'), onTenantsKeys('kms:Decrypt'), ...items('root-keys', 'GetItem Query')]
const MAKE_ROOT_KEYS = [onRootKey('kms:GenerateDataKey'), ...items('root-keys', 'PutItem')]
const ROTATION = [
  ...VAULT,
  ...MAKE_ROOT_KEYS,
  onTenantsKeys('kms:GenerateDataKey'),
  ...items('root-keys', 'UpdateItem'),
]

const SEND_ROTATIONS = ['sqs:SendMessage on RecoveryQueue']
/** What Lambda needs to hand a queue's messages to a function. */
const receive = (queue: string) =>
  ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].map(
    (action) => `sqs:${action} on ${queue}`,
  )

/** What Lambda needs to hand the records of the table's stream to a function. */
const READ_STREAM = [
  'dynamodb:DescribeStream on TableStream',
  'dynamodb:GetRecords on TableStream',
  'dynamodb:GetShardIterator on TableStream',
  'dynamodb:ListStreams on *',
]

export const ALLOWED: Readonly<Record<FunctionName, readonly string[]>> = {
  'connect-sessions': [
    ...TOLD,
    ...CALLERS,
    ...items(TENANT, `${AND_CREATE} BatchGetItem`),
    ...items(`${TENANT}#usage`, 'GetItem UpdateItem'),
    ...items('connect-link#*', 'PutItem'),
    ...END_USER_INDEX,
    ...VAULT,
  ],
  manage: [
    ...TOLD,
    ...CALLERS,
    ...items(TENANT, `${READ_AND_WRITE} BatchGetItem`),
    ...items(`${TENANT}#usage`, 'GetItem UpdateItem'),
    ...items('connect-link#*', 'PutItem'),
    ...items('manage-link#*', 'GetItem PutItem UpdateItem'),
    ...END_USER_INDEX,
    ...VAULT,
  ],
  authorize: [
    ...AUDITED,
    ...items(TENANT, 'GetItem Query PutItem UpdateItem'),
    ...items('connect-link#*', 'GetItem UpdateItem'),
    ...items('state#*', 'PutItem'),
    ...VAULT,
  ],
  callback: [
    ...TOLD,
    ...items(TENANT, AND_CREATE),
    ...items(`${TENANT}#usage`, 'GetItem UpdateItem'),
    ...items('state#*', 'GetItem UpdateItem'),
    ...VAULT,
  ],
  connections: [
    ...TOLD,
    ...items('timeline#*', 'Query'),
    ...CALLERS,
    ...items(TENANT, `${READ_AND_WRITE} BatchGetItem`),
    ...items(`${TENANT}#usage`, 'GetItem UpdateItem'),
    ...END_USER_INDEX,
    ...VAULT,
    ...SEND_ROTATIONS,
  ],
  proxy: [
    ...TOLD,
    ...CALLERS,
    ...items(TENANT, READ_AND_WRITE),
    ...items(`${TENANT}#usage`, 'GetItem UpdateItem'),
    ...VAULT,
    ...SEND_ROTATIONS,
  ],
  'keep-alive': [
    ...TOLD,
    ...items(TENANT, READ_AND_WRITE),
    'dynamodb:Query on Table/index/due, partition due#*',
    ...VAULT,
    ...SEND_ROTATIONS,
  ],
  'recover-rotations': [...TOLD, ...items(TENANT, READ_AND_WRITE), ...VAULT, ...receive('RecoveryQueue')],
  'rotate-keys': [
    ...TOLD,
    ...ERASING,
    ...items(TENANT, AND_CREATE),
    ...items('tenants', 'Query'),
    ...items('key-rotation', 'GetItem PutItem DeleteItem'),
    ...ROTATION,
  ],
  credentials: [
    ...AUDITED,
    ...items(TENANT, AND_CREATE),
    ...items('api-key#*', 'BatchGetItem PutItem UpdateItem DeleteItem'),
    ...items('issuer#*', 'PutItem UpdateItem DeleteItem'),
  ],
  apps: [...AUDITED, ...items(TENANT, AND_CREATE), ...VAULT, ...MAKE_ROOT_KEYS],
  'tenant-connections': [
    ...TOLD,
    ...ERASING,
    ...items(TENANT, `${READ_AND_WRITE} BatchGetItem`),
    ...items(`${TENANT}#usage`, 'UpdateItem'),
    ...END_USER_INDEX,
    ...VAULT,
    ...SEND_ROTATIONS,
  ],
  tenants: [
    ...AUDITED,
    ...items(TENANT, `${AND_CREATE} BatchGetItem`),
    ...items(`${TENANT}#usage`, 'GetItem UpdateItem'),
    ...items('tenants', 'Query PutItem'),
    ...items('issuer#*', 'BatchGetItem PutItem UpdateItem'),
    ...ROTATION,
  ],
  'audit-events': [...AUDITED, ...CALLERS, ...items(TENANT, 'GetItem Query'), ...items('audit#*', 'Query')],
  events: [...AUDITED, ...CALLERS, ...items(TENANT, 'GetItem Query'), ...items('events#*', 'GetItem Query')],
  'clickfunnels-events': [...TOLD, ...items(TENANT, READ_AND_WRITE), ...VAULT, ...SEND_ROTATIONS],
  'webhook-endpoints': [
    ...AUDITED,
    ...CALLERS,
    ...items(TENANT, 'GetItem Query ConditionCheckItem'),
    ...items('events#*', 'GetItem Query'),
    ...items('webhooks#*', READ_AND_WRITE),
    'sqs:SendMessage on SenderQueue',
    onWebhookSecrets('kms:GenerateDataKey'),
  ],
  'publish-events': [
    ...ON_TABLE_KEY,
    ...items(TENANT, 'Query DeleteItem'),
    ...items('events#*', 'GetItem PutItem'),
    ...items('webhooks#*', 'Query PutItem'),
    'dynamodb:Query on Table/index/due, partition due#*',
    'sqs:SendMessage on SenderQueue',
    ...READ_STREAM,
  ],
  'send-webhooks': [
    ...ON_TABLE_KEY,
    `dynamodb:PutItem on Table, partition ${TENANT}, attributes pk sk id tenantId type at data dueShard dueAt`,
    ...items('events#*', 'Query'),
    ...items('webhooks#*', 'GetItem Query PutItem DeleteItem'),
    'dynamodb:Query on Table/index/due, partition due#*',
    onWebhookSecrets('kms:Decrypt'),
    'sqs:SendMessage on SenderQueue',
    ...receive('SenderQueue'),
  ],
  service: [],
}
