// The resources that hold data: the table, the keys, the queue of rotated tokens. They are retained when the stack is
// deleted. A test pins their logical ids, because CloudFormation replaces a resource whose logical id changes.
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import {
  DUE_INDEX,
  END_USER_INDEX,
  PARTITION_KEY,
  SORT_KEY,
  TTL_ATTRIBUTE,
} from '#adapters/dynamodb/schema.ts'

/** A commit that fails is retried every minute for about eight hours. The consumer's timeout is below a minute. */
const RECOVERY_RETRY = Duration.minutes(1)
const RECOVERY_ATTEMPTS = 500

/**
 * Retained, except by a deployment that failed to create it: what that leaves behind is empty and in the way of the next.
 */
const RETAINED = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE

export class DataStack extends Stack {
  readonly table: TableV2
  readonly tableKey: Key
  /** Wraps the vault's root keys. It is not the table's key, so that permission to read the table opens no token. */
  readonly rootKey: Key
  /** Rotated tokens whose commit failed. They are sealed, and stored in no other place. */
  readonly recoveryQueue: Queue
  /** Rotated tokens that could not be recovered for hours. People look at them. */
  readonly recoveryDeadLetters: Queue

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props)
    this.tableKey = new Key(this, 'TableKey', {
      description: 'Funnel Connect: encrypts the table at rest',
      enableKeyRotation: true,
      removalPolicy: RETAINED,
    })
    this.rootKey = new Key(this, 'RootKey', {
      description: "Funnel Connect: wraps the vault's root keys",
      enableKeyRotation: true,
      removalPolicy: RETAINED,
    })
    const string = (name: string) => ({ name, type: AttributeType.STRING })
    this.table = new TableV2(this, 'Table', {
      partitionKey: string(PARTITION_KEY),
      sortKey: string(SORT_KEY),
      timeToLiveAttribute: TTL_ATTRIBUTE,
      // Tells the publisher of events in the outbox. It holds keys alone, so that no seal is in it.
      dynamoStream: StreamViewType.KEYS_ONLY,
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(this.tableKey),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RETAINED,
      globalSecondaryIndexes: [
        {
          indexName: DUE_INDEX.name,
          partitionKey: string(DUE_INDEX.partitionKey),
          sortKey: { name: DUE_INDEX.sortKey, type: AttributeType.NUMBER },
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: [...DUE_INDEX.attributes],
        },
        {
          indexName: END_USER_INDEX.name,
          partitionKey: string(END_USER_INDEX.partitionKey),
          sortKey: string(END_USER_INDEX.sortKey),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    })
    const queue = {
      // The messages are sealed already.
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RETAINED,
    }
    this.recoveryDeadLetters = new Queue(this, 'RecoveryDeadLetters', queue)
    this.recoveryQueue = new Queue(this, 'RecoveryQueue', {
      ...queue,
      visibilityTimeout: RECOVERY_RETRY,
      deadLetterQueue: { queue: this.recoveryDeadLetters, maxReceiveCount: RECOVERY_ATTEMPTS },
    })
  }
}
