// The composition root of the function that handles credentials: the store, and no key of the vault.
import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDbApiKeys } from '#adapters/dynamodb-api-keys.ts'
import { DynamoDbIdentityProviders } from '#adapters/dynamodb-identity-providers.ts'
import { Table } from '#adapters/dynamodb-table.ts'
import { DynamoDbTenants } from '#adapters/dynamodb-tenants.ts'
import { idMinter } from '#domain/ids.ts'
import type { Services } from '#domain/ports.ts'
import { epochSeconds } from '#domain/time.ts'
import { createLog } from './logger.ts'

export type CredentialServices = Pick<
  Services,
  'now' | 'newId' | 'randomBytes' | 'publicUrl' | 'tenants' | 'apiKeys' | 'identityProviders' | 'log'
>

/** DynamoDB answers in milliseconds; a connection that hangs is given up and tried again well inside a request. */
const AWS_TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000 }

export function createCredentialServices(
  functionName: string,
  settings: { readonly TABLE_NAME: string; readonly PUBLIC_URL: string },
): CredentialServices {
  const table = new Table(new DynamoDBClient({ requestHandler: AWS_TIMEOUTS }), settings.TABLE_NAME)
  return {
    now: () => epochSeconds(Date.now() / 1000),
    newId: idMinter(Date.now, randomBytes),
    randomBytes,
    publicUrl: settings.PUBLIC_URL,
    tenants: new DynamoDbTenants(table),
    apiKeys: new DynamoDbApiKeys(table),
    identityProviders: new DynamoDbIdentityProviders(table),
    log: createLog(functionName),
  }
}
