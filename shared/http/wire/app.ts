// Apps on the wire, both ways. A client secret comes in and never goes out.
import * as z from 'zod/mini'
import { type App, redirectUri } from '#domain/apps/app.ts'
import { recognisedTrouble, secretState } from '#domain/apps/app-health.ts'
import { heldUntil } from '#domain/apps/refusals.ts'
import { ingestUrl } from '#domain/connections/feed.ts'
import { Secret } from '#domain/secret.ts'
import { appSuspendedSince } from '#domain/tenants/suspension.ts'
import type { Tenant } from '#domain/tenants/tenant.ts'
import { toRfc3339 } from '#domain/time.ts'
import { optionalTime, text } from './fields.ts'
import { shaped } from './shaped.ts'

const secret = z.pipe(
  text(512),
  z.transform((value) => new Secret(value)),
)

/** 64 hex characters, of which ClickFunnels uses the text. */
const webhookSecret = z.pipe(
  z.string().check(z.regex(/^[0-9a-f]{64}$/, 'must be 64 hex characters')),
  z.transform((value) => new Secret(value)),
)

export const newAppSchema = z.pipe(
  z.object({ name: text(128), client_id: text(256), client_secret: secret }),
  z.transform((body) => ({ name: body.name, clientId: body.client_id, clientSecret: body.client_secret })),
)

/** Names of ClickFunnels' event types: an open list. */
const eventTypes = z.array(z.string().check(z.regex(/^[\w.-]{1,100}$/))).check(z.maxLength(50))

export const appChangeSchema = z.pipe(
  z.object({
    name: z.optional(text(128)),
    client_secret: z.optional(secret),
    status: z.optional(z.enum(['active', 'suspended'])),
    event_types: z.optional(z.nullable(eventTypes)),
    webhook_secret: z.optional(webhookSecret),
  }),
  z.transform(({ name, client_secret, status, event_types, webhook_secret }) => ({
    ...(name && { name }),
    ...(client_secret && { clientSecret: client_secret }),
    ...(status && { status }),
    ...(event_types !== undefined && { eventTypes: event_types }),
    ...(webhook_secret && { webhookSecret: webhook_secret }),
  })),
)

/** The query of a removal of a client secret. */
export const secretRemovalSchema = z.object({ force: z._default(z.enum(['true', 'false']), 'false') })

export const appSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['active', 'suspended']),
  suspended_at: z.optional(z.string()),
  client_id: z.string(),
  client_secrets: z.array(
    z.object({
      serial: z.int(),
      state: z.enum(['untried', 'in_use', 'refused', 'former']),
      created_at: z.string(),
    }),
  ),
  redirect_uri: z.string(),
  event_types: z.optional(z.array(z.string())),
  events_url: z.optional(z.string()),
  health: z.object({
    status: z.enum(['working', 'credentials_refused', 'provider_down', 'connections_refused']),
    since: z.optional(z.string()),
    refused_connections: z.optional(z.int()),
    ends_held_until: z.optional(z.string()),
  }),
  created_at: z.string(),
  updated_at: z.string(),
})

/** @param tenant the tenant of the app: it knows which of its apps are suspended */
export function appJson(app: App, tenant: Tenant, publicUrl: string) {
  const trouble = recognisedTrouble(app)
  const suspendedAt = appSuspendedSince(tenant, app.id)
  return shaped(appSchema, {
    id: app.id,
    name: app.name,
    status: suspendedAt === undefined ? 'active' : 'suspended',
    suspended_at: optionalTime(suspendedAt),
    client_id: app.clientId,
    client_secrets: app.clientSecrets.map(({ serial, createdAt }) => ({
      serial,
      state: secretState(app, serial),
      created_at: toRfc3339(createdAt),
    })),
    redirect_uri: redirectUri(publicUrl, app.id),
    event_types: app.eventTypes && [...app.eventTypes],
    events_url: app.ingestKey && ingestUrl(publicUrl, { ...app, owner: app.id, ingestKey: app.ingestKey }),
    health: {
      status: trouble?.kind ?? 'working',
      since: optionalTime(trouble?.since),
      refused_connections: app.refusals?.connections,
      ends_held_until: optionalTime(heldUntil(app)),
    },
    created_at: toRfc3339(app.createdAt),
    updated_at: toRfc3339(app.updatedAt),
  })
}
