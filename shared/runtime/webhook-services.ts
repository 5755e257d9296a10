// The composition roots of the functions for webhooks. They use the webhooks' part of the table, and KMS only for the secrets that
// sign webhooks.
import { randomBytes } from 'node:crypto'
import { KMSClient } from '@aws-sdk/client-kms'
import { AWS_TIMEOUTS } from '#adapters/aws-call.ts'
import { DynamoDbEventLog } from '#adapters/dynamodb/events/event-log.ts'
import { DynamoDbDeliveries } from '#adapters/dynamodb/webhooks/deliveries.ts'
import { DynamoDbEndpoints } from '#adapters/dynamodb/webhooks/endpoints.ts'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { WebhookPoster } from '#adapters/webhooks/client.ts'
import { KmsEndpointSecrets } from '#adapters/webhooks/secrets.ts'
import type { Ambient } from '#domain/ambient.ts'
import { stampFor } from '#domain/events/event.ts'
import { idMinter } from '#domain/ids.ts'
import { epochSeconds } from '#domain/time.ts'
import type { WebhookPorts } from '#domain/webhooks/ports.ts'
import {
  type CredentialServices,
  type CredentialSettings,
  createCredentialServices,
  tableOf,
} from './credential-services.ts'
import { createLog } from './logger.ts'
import { sendersOn } from './senders.ts'

export type WebhookServices = CredentialServices &
  Pick<WebhookPorts, 'endpoints' | 'deliveries' | 'eventLog' | 'senders' | 'secretMaker'>

export function createWebhookServices(
  functionName: string,
  settings: CredentialSettings & { readonly ROOT_KEY_ARN: string; readonly WEBHOOK_QUEUE_URL: string },
): WebhookServices {
  const table = tableOf(settings)
  const services = createCredentialServices(functionName, settings, table)
  return {
    ...services,
    endpoints: new DynamoDbEndpoints(table, stampFor(services)),
    deliveries: new DynamoDbDeliveries(table),
    eventLog: new DynamoDbEventLog(table),
    senders: sendersOn(settings.WEBHOOK_QUEUE_URL),
    secretMaker: endpointSecrets(settings.ROOT_KEY_ARN),
  }
}

export type SendingServices = Pick<Ambient, 'now' | 'chance' | 'log'> &
  Omit<WebhookPorts, 'secretMaker' | 'bodyOf'>

interface SendingSettings {
  readonly TABLE_NAME: string
  readonly PUBLIC_URL: string
  readonly ROOT_KEY_ARN: string
  readonly WEBHOOK_QUEUE_URL: string
}

export function createSendingServices(functionName: string, settings: SendingSettings): SendingServices {
  const table = tableOf(settings)
  const now = () => epochSeconds(Date.now() / 1000)
  return {
    now,
    chance: Math.random,
    log: createLog(functionName),
    endpoints: new DynamoDbEndpoints(table, stampFor({ newId: idMinter(Date.now, randomBytes), now })),
    deliveries: new DynamoDbDeliveries(table),
    eventLog: new DynamoDbEventLog(table),
    senders: sendersOn(settings.WEBHOOK_QUEUE_URL),
    secretOpener: endpointSecrets(settings.ROOT_KEY_ARN),
    webhookClient: new WebhookPoster(settings.PUBLIC_URL),
  }
}

function endpointSecrets(keyArn: string): KmsEndpointSecrets {
  return new KmsEndpointSecrets(new KmsDataKeys(new KMSClient({ requestHandler: AWS_TIMEOUTS })), keyArn)
}
