// Webhook endpoints on the wire, both ways. A secret goes out once, in the answer that makes it.
import * as z from 'zod/mini'
import type { Secret } from '#domain/secret.ts'
import { toRfc3339 } from '#domain/time.ts'
import type { Endpoint } from '#domain/webhooks/endpoint.ts'
import type { EndpointChange } from '#domain/webhooks/manage-endpoints.ts'
import { wantedTypes } from '../event-types.ts'
import { optionalTime, text } from '../fields.ts'
import { shaped } from '../shaped.ts'

const url = text(2048)
const description = text(256)

export const newWebhookEndpointSchema = z.pipe(
  z.object({ url, types: z.optional(wantedTypes), description: z.optional(description) }),
  z.transform(({ url, types, description }) => ({
    url,
    ...(types && { types }),
    ...(description !== undefined && { description }),
  })),
)

export const webhookEndpointChangeSchema = z.pipe(
  z.object({
    url: z.optional(url),
    types: z.optional(z.nullable(wantedTypes)),
    description: z.optional(z.nullable(description)),
    enabled: z.optional(z.boolean()),
  }),
  z.transform(
    ({ url, types, description, enabled }): EndpointChange => ({
      ...(url !== undefined && { url }),
      ...(types !== undefined && { types }),
      ...(description !== undefined && { description }),
      ...(enabled !== undefined && { enabled }),
    }),
  ),
)

export const webhookEndpointSchema = z.object({
  id: z.string(),
  url: z.string(),
  types: z.optional(z.array(z.string())),
  description: z.optional(z.string()),
  enabled: z.boolean(),
  disabled_at: z.optional(z.string()),
  disabled_reason: z.optional(z.enum(['gone', 'failing', 'requested'])),
  secret: z.optional(z.string()),
  created_at: z.string(),
  updated_at: z.string(),
})

/** @param secret in the answer that makes it */
export function webhookEndpointJson(endpoint: Endpoint, secret?: Secret) {
  const { disabled } = endpoint
  return shaped(webhookEndpointSchema, {
    id: endpoint.id,
    url: endpoint.url,
    types: endpoint.types && [...endpoint.types],
    description: endpoint.description,
    enabled: disabled === undefined,
    disabled_at: optionalTime(disabled?.at),
    disabled_reason: disabled?.reason,
    secret: secret?.reveal(),
    created_at: toRfc3339(endpoint.createdAt),
    updated_at: toRfc3339(endpoint.updatedAt),
  })
}
