// Webhooks need the store of endpoints and KMS, which makes their secrets.
import type { Endpoints } from './endpoint.ts'
import type { SecretMaker } from './secret.ts'

export interface WebhookPorts {
  readonly endpoints: Endpoints
  readonly secretMaker: SecretMaker
}
