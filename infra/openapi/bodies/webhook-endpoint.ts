// Webhook endpoints.
import { listOf } from '#http/wire/shaped.ts'
import {
  newWebhookEndpointSchema,
  webhookEndpointChangeSchema,
  webhookEndpointSchema,
} from '#http/wire/webhooks/endpoint.ts'
import { type Bodies, time } from './body.ts'
import { WEBHOOK_ENDPOINT } from './samples.ts'

const endpoint = {
  id: WEBHOOK_ENDPOINT,
  url: 'https://saas.example.com/hooks/funnel-connect',
  types: ['connection.broken', 'connection.recovered'],
  description: 'production',
  enabled: true,
  created_at: '2026-03-01T08:20:00Z',
  updated_at: '2026-03-01T08:20:00Z',
}

export const webhookEndpoints = {
  schemas: {
    WebhookEndpointRequest: newWebhookEndpointSchema,
    WebhookEndpointChange: webhookEndpointChangeSchema,
    WebhookEndpoint: webhookEndpointSchema,
    WebhookEndpointList: listOf(webhookEndpointSchema),
  },
  examples: {
    WebhookEndpointRequest: { url: endpoint.url, types: endpoint.types },
    WebhookEndpointChange: { enabled: true },
    WebhookEndpoint: endpoint,
    WebhookEndpointWithSecret: { ...endpoint, secret: 'whsec_…' },
    WebhookEndpointList: { data: [endpoint] },
  },
  fields: {
    'WebhookEndpointList.data': { description: "All of the tenant's webhook endpoints, oldest first." },
    'WebhookEndpoint.url': { description: 'Where webhooks are sent.', format: 'uri' },
    'WebhookEndpointRequest.url': {
      description:
        'Where to send webhooks: https on port 443, a public host name, such as `https://saas.example.com/hooks`. Redirects are not followed.',
      format: 'uri',
    },
    'WebhookEndpointChange.url': {
      description: 'Where to send webhooks from now on: https on port 443, a public host name.',
      format: 'uri',
    },
    'WebhookEndpoint.types': {
      description:
        'Types of the events that are sent. `clickfunnels.*` means all events of ClickFunnels. Absent: all types.',
    },
    'WebhookEndpointRequest.types': {
      description:
        'Types of the events to send. `clickfunnels.*` means all events of ClickFunnels. Default: all types.',
    },
    'WebhookEndpointChange.types': {
      description: 'Types of the events to send from now on. `null` means all types.',
    },
    'WebhookEndpoint.description': { description: "The tenant's own note. Absent if there is none." },
    'WebhookEndpointRequest.description': { description: 'A note for people. Default: none.' },
    'WebhookEndpointChange.description': { description: 'A note for people. `null` removes it.' },
    'WebhookEndpoint.enabled': { description: 'Whether events are sent.' },
    'WebhookEndpointChange.enabled': {
      description: '`false` stops sending. `true` starts it again, with the events that come from then on.',
    },
    disabled_at: time('When it was disabled. Absent while it is enabled.'),
    disabled_reason: {
      description:
        '`gone`: it answered 410. `failing`: no attempt succeeded for five days. `requested`: the tenant or the operator disabled it. Absent while it is enabled.',
    },
    secret: {
      description:
        'The secret that signs webhooks: `whsec_` and base64. It is in the answer that makes it and in no other.',
    },
  },
} satisfies Bodies
