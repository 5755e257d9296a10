// For tests of what the bundler leaves of the SDK.
import { DynamoDBClient, type DynamoDBClientConfig, GetItemCommand } from '@aws-sdk/client-dynamodb'

export function getItem(config: DynamoDBClientConfig): Promise<unknown> {
  const command = new GetItemCommand({ TableName: 'table', Key: { pk: { S: 'x' } } })
  return new DynamoDBClient(config).send(command)
}
