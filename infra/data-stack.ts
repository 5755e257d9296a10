// What must survive everything else: the table and the two keys. Retained and protected; their logical ids are pinned by
// a test, since changing one would make CloudFormation replace the resource.
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, Billing, ProjectionType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import type { Construct } from 'constructs'
import { DUE_INDEX, END_USER_INDEX, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE } from '#adapters/table.ts'

export class DataStack extends Stack {
  readonly table: TableV2
  readonly tableKey: Key
  /** Wraps the vault's root keys. Apart from the table's own key, so that reading the table opens no token. */
  readonly rootKey: Key

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props)
    this.tableKey = new Key(this, 'TableKey', {
      description: 'Funnel Connect: encrypts the table at rest',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.rootKey = new Key(this, 'RootKey', {
      description: "Funnel Connect: wraps the vault's root keys",
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    const string = (name: string) => ({ name, type: AttributeType.STRING })
    this.table = new TableV2(this, 'Table', {
      partitionKey: string(PARTITION_KEY),
      sortKey: string(SORT_KEY),
      timeToLiveAttribute: TTL_ATTRIBUTE,
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(this.tableKey),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      globalSecondaryIndexes: [
        {
          indexName: DUE_INDEX.name,
          partitionKey: string(DUE_INDEX.partitionKey),
          sortKey: { name: DUE_INDEX.sortKey, type: AttributeType.NUMBER },
          projectionType: ProjectionType.KEYS_ONLY,
        },
        {
          indexName: END_USER_INDEX.name,
          partitionKey: string(END_USER_INDEX.partitionKey),
          sortKey: string(END_USER_INDEX.sortKey),
          projectionType: ProjectionType.KEYS_ONLY,
        },
      ],
    })
  }
}
