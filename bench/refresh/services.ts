// The services as they are deployed, on a DynamoDB client that the benchmark can watch, and without logs.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDbConnections } from '#adapters/dynamodb/connections.ts'
import { DynamoDbRevocations } from '#adapters/dynamodb/revocations.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { DynamoDbApps, DynamoDbTenants } from '#adapters/dynamodb/tenants.ts'
import type { Services } from '#runtime/all-services.ts'
import { createServices } from '#runtime/services.ts'

export function servicesOn(
  dynamodb: DynamoDBClient,
  environment: Readonly<Record<string, string>>,
): Services {
  const table = new Table(dynamodb, environment.TABLE_NAME ?? '')
  const revocations = new DynamoDbRevocations(table)
  const silent = () => {}
  return {
    ...createServices('bench', environment as never),
    tenants: new DynamoDbTenants(table),
    apps: new DynamoDbApps(table),
    connections: new DynamoDbConnections(table),
    revocations,
    dueIndex: revocations,
    log: { info: silent, warn: silent, error: silent },
  }
}
