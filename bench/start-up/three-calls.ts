// What the bundles for comparison do: read an item, decrypt a key, call upstream. The first two calls are the same in all.
import { type AttributeValue, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms'

export interface Calls {
  readonly table: string
  readonly key: Record<string, AttributeValue>
  readonly keyArn: string
  /** Base64. */
  readonly wrapped: string
  readonly encryptionContext: Record<string, string>
  readonly upstream: string
}

const dynamodb = new DynamoDBClient({})
const kms = new KMSClient({})

/** Makes the two calls to AWS. */
export async function callAws({ table, key, keyArn, wrapped, encryptionContext }: Calls): Promise<void> {
  await dynamodb.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))
  await kms.send(
    new DecryptCommand({
      KeyId: keyArn,
      CiphertextBlob: Buffer.from(wrapped, 'base64'),
      EncryptionContext: encryptionContext,
    }),
  )
}
