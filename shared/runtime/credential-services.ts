// The composition root of the functions that manage credentials or read the audit trail. They use the table and no key of
// the vault.
import { randomBytes } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { AWS_TIMEOUTS } from '#adapters/aws-call.ts'
import { DynamoDbApiKeys } from '#adapters/dynamodb/api-keys.ts'
import { DynamoDbAuditEvents } from '#adapters/dynamodb/audit-events.ts'
import { DynamoDbIdentityProviders } from '#adapters/dynamodb/identity-providers.ts'
import { Table } from '#adapters/dynamodb/table.ts'
import { DynamoDbTenants } from '#adapters/dynamodb/tenants.ts'
import { AuditTrail } from '#domain/audit/trail.ts'
import { idMinter } from '#domain/ids.ts'
import { epochSeconds } from '#domain/time.ts'
import type { Services } from './all-services.ts'
import { ProcessBackground } from './background.ts'
import { createLog } from './logger.ts'
import { lazyTokenVerifier } from './token-verifier.ts'

export type CredentialServices = Pick<
  Services,
  | 'now'
  | 'newId'
  | 'randomBytes'
  | 'background'
  | 'publicUrl'
  | 'tenants'
  | 'apiKeys'
  | 'identityProviders'
  | 'tokenVerifier'
  | 'auditEvents'
  | 'audit'
  | 'log'
>

export interface CredentialSettings {
  readonly TABLE_NAME: string
  readonly PUBLIC_URL: string
  readonly AUDIT_RETENTION_DAYS: string
}

export function tableOf({ TABLE_NAME }: Pick<CredentialSettings, 'TABLE_NAME'>): Table {
  return new Table(new DynamoDBClient({ requestHandler: AWS_TIMEOUTS }), TABLE_NAME)
}

export function createCredentialServices(
  functionName: string,
  settings: CredentialSettings,
  table = tableOf(settings),
): CredentialServices {
  const now = () => epochSeconds(Date.now() / 1000)
  const newId = idMinter(Date.now, randomBytes)
  const log = createLog(functionName)
  const auditEvents = new DynamoDbAuditEvents(table)
  const trail = { events: auditEvents, newId, now, log }
  return {
    now,
    newId,
    randomBytes,
    background: new ProcessBackground(log),
    publicUrl: settings.PUBLIC_URL,
    tenants: new DynamoDbTenants(table),
    apiKeys: new DynamoDbApiKeys(table),
    identityProviders: new DynamoDbIdentityProviders(table),
    tokenVerifier: lazyTokenVerifier(settings.PUBLIC_URL),
    auditEvents,
    audit: new AuditTrail(trail, Number(settings.AUDIT_RETENTION_DAYS), functionName),
    log,
  }
}
