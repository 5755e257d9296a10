// The same three calls as they are usually written: a bundle with esbuild's defaults, axios for the call upstream.
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms'
import axios from 'axios'
import { type Calls, callsFrom } from './three-calls.ts'

const dynamodb = new DynamoDBClient({})
const kms = new KMSClient({})

export async function handler(event: Calls): Promise<{ statusCode: number }> {
  const { table, key, keyArn, ciphertext, encryptionContext, upstream } = callsFrom(event)
  await dynamodb.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }))
  await kms.send(
    new DecryptCommand({ KeyId: keyArn, CiphertextBlob: ciphertext, EncryptionContext: encryptionContext }),
  )
  const headers = { authorization: 'Bearer x', 'user-agent': 'axios' }
  const { status } = await axios.get(upstream, { headers })
  return { statusCode: status }
}
