// Sends the calls that DynamoDB refuses to the strict proxy, and to the DynamoDB behind it.
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb'
import { openBackend, TABLE } from '../../adapters/backend.ts'
import { REFUSED_CALLS, type RefusedCall } from './refused-calls.ts'

/** It names the region, and is checked by neither. */
const UNSIGNED =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none'

/**
 * @returns what the DynamoDB behind the proxy takes of it
 * @throws Error when the proxy lets one through
 */
export async function expectRefusals(strict: string, behind: string): Promise<readonly string[]> {
  const backend = await openBackend(Promise.resolve({ url: strict, close: async () => {} }))
  const taken: string[] = []
  for (const call of REFUSED_CALLS) {
    if (!(await isRefused(strict, call))) throw new Error(`The proxy lets ${call.what} through`)
    if (!(await isRefused(behind, call))) taken.push(call.what)
  }
  await backend.client.send(new DeleteTableCommand({ TableName: TABLE }))
  await backend.close()
  return taken
}

async function isRefused(url: string, { operation, input }: RefusedCall): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'content-type': 'application/x-amz-json-1.0',
      authorization: UNSIGNED,
    },
    body: JSON.stringify(input),
  })
  return /ValidationException/.test(await response.text())
}
