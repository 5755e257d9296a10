// The composition roots of the functions for webhooks. They use the webhooks' part of the table, and KMS only for the secrets that
// sign webhooks.
import { KMSClient } from '@aws-sdk/client-kms'
import { AWS_TIMEOUTS } from '#adapters/aws-call.ts'
import { DynamoDbEndpoints } from '#adapters/dynamodb/webhooks/endpoints.ts'
import { KmsDataKeys } from '#adapters/vault/data-keys.ts'
import { KmsEndpointSecrets } from '#adapters/webhooks/secrets.ts'
import type { WebhookPorts } from '#domain/webhooks/ports.ts'
import {
  type CredentialServices,
  type CredentialSettings,
  createCredentialServices,
  tableOf,
} from './credential-services.ts'

export type WebhookServices = CredentialServices & Pick<WebhookPorts, 'endpoints' | 'secretMaker'>

export function createWebhookServices(
  functionName: string,
  settings: CredentialSettings & { readonly ROOT_KEY_ARN: string },
): WebhookServices {
  const table = tableOf(settings)
  return {
    ...createCredentialServices(functionName, settings, table),
    endpoints: new DynamoDbEndpoints(table),
    secretMaker: endpointSecrets(settings.ROOT_KEY_ARN),
  }
}

function endpointSecrets(keyArn: string): KmsEndpointSecrets {
  return new KmsEndpointSecrets(new KmsDataKeys(new KMSClient({ requestHandler: AWS_TIMEOUTS })), keyArn)
}
