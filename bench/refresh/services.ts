// The services as they are deployed, on a DynamoDB client that the benchmark can watch, and without logs.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDbApps } from '#adapters/dynamodb/apps.ts'
import { DynamoDbTimeline } from '#adapters/dynamodb/connections/timeline.ts'
import { DynamoDbConnections } from '#adapters/dynamodb/connections.ts'
import { DynamoDbRevocations } from '#adapters/dynamodb/revocations.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { DynamoDbTenants } from '#adapters/dynamodb/tenants.ts'
import { stampFor } from '#domain/events/event.ts'
import type { Services } from '#runtime/all-services.ts'
import { createServices } from '#runtime/services.ts'

export function servicesOn(
  dynamodb: DynamoDBClient,
  environment: Readonly<Record<string, string>>,
): Services {
  const services = createServices('bench', environment as never)
  const table = new Table(dynamodb, environment.TABLE_NAME ?? '')
  const stamp = stampFor(services)
  const revocations = new DynamoDbRevocations(table)
  const silent = () => {}
  return {
    ...services,
    tenants: new DynamoDbTenants(table),
    apps: new DynamoDbApps(table, stamp),
    connections: new DynamoDbConnections(table, stamp),
    revocations,
    timeline: new DynamoDbTimeline(table),
    dueIndex: revocations,
    log: { info: silent, warn: silent, error: silent },
  }
}
