// Webhooks need the stores of endpoints and deliveries, KMS for the secrets, and a client that posts.

import type { TenantEvent } from '../events/event.ts'
import type { EventPorts } from '../events/ports.ts'
import type { AttemptFault, Deliveries } from './delivery.ts'
import type { Endpoints } from './endpoint.ts'
import type { SecretMaker, SecretOpener } from './secret.ts'

export interface WebhookRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly deadlineMilliseconds: number
}

export interface WebhookAnswer {
  readonly status?: number
  readonly fault?: AttemptFault
  readonly retryAfter?: string
  /** The first KB of the body. */
  readonly answer?: string
  readonly milliseconds: number
}

export interface WebhookClient {
  /** Posts once. It never throws, and follows no redirect. */
  post(request: WebhookRequest): Promise<WebhookAnswer>
}

export interface WebhookPorts extends Pick<EventPorts, 'eventLog' | 'senders'> {
  readonly endpoints: Endpoints
  readonly deliveries: Deliveries
  readonly secretMaker: SecretMaker
  readonly secretOpener: SecretOpener
  readonly webhookClient: WebhookClient
  /** The JSON of an event, as the log shows it. */
  readonly bodyOf: (event: TenantEvent) => string
}
