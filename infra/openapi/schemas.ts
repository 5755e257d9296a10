// The named schemas of the contract. Requests: the very schemas that parse them. Answers: those that shape them, or those of
// answer-schemas.ts.
import * as z from 'zod/mini'
import { ERROR_CODES } from '#domain/errors.ts'
import { newApiKeySchema, rotationSchema } from '#http/wire/api-key.ts'
import { appChangeSchema, newAppSchema, secretRemovalSchema } from '#http/wire/app.ts'
import { auditQuerySchema } from '#http/wire/audit-event.ts'
import { connectionSchema, connectionSwitchSchema } from '#http/wire/connection.ts'
import { deletionSchema, revocationSchema } from '#http/wire/deletion.ts'
import { identityProviderChangeSchema, newIdentityProviderSchema } from '#http/wire/identity-provider.ts'
import { listQuerySchema, tenantListSchema } from '#http/wire/list-query.ts'
import { completionSchema, sessionRequestSchema, sessionSchema } from '#http/wire/session.ts'
import { newTenantSchema, tenantChangeSchema } from '#http/wire/tenant.ts'
import {
  apiKey,
  app,
  auditEvent,
  deletion,
  identityProvider,
  keyRing,
  listOf,
  revocation,
  tenant,
} from './answer-schemas.ts'

const text = z.string()

/** ClickFunnels' own; only what it documents, and whatever else it sends passes. */
const funnel = z.looseObject({
  id: z.int(),
  public_id: z.optional(text),
  workspace_id: z.optional(z.int()),
  name: text,
  current_path: z.optional(z.nullable(text)),
  live_mode: z.optional(z.boolean()),
  created_at: z.optional(text),
  updated_at: z.optional(text),
})

const problem = z.object({
  type: text,
  title: text,
  status: z.int(),
  code: z.enum(ERROR_CODES),
  detail: text,
  errors: z.optional(
    z.array(z.object({ pointer: z.optional(text), parameter: z.optional(text), detail: text })),
  ),
  connection_id: z.optional(text),
  app_id: z.optional(text),
  reason: z.optional(text),
  session_status: z.optional(text),
  upstream_status: z.optional(z.int()),
  limit: z.optional(z.union([text, z.int()])),
  size: z.optional(z.int()),
  scope: z.optional(text),
})

export const SCHEMAS = {
  ConnectSessionRequest: sessionRequestSchema,
  CompletionRequest: completionSchema,
  ConnectSession: sessionSchema,
  ListQuery: listQuerySchema,
  Connection: connectionSchema,
  ConnectionPage: z.object({ data: z.array(connectionSchema), next_cursor: z.optional(text) }),
  Funnel: funnel,
  FunnelPage: z.array(funnel),
  TenantRequest: newTenantSchema,
  TenantChange: tenantChangeSchema,
  Tenant: tenant,
  TenantListQuery: tenantListSchema,
  TenantPage: z.object({ data: z.array(tenant), next_cursor: z.optional(text) }),
  TenantDeletionRequest: deletionSchema,
  TenantDeletion: z.extend(deletion, { id: text }),
  AppRequest: newAppSchema,
  AppChange: appChangeSchema,
  App: app,
  AppList: listOf(app),
  ClientSecretRemoval: secretRemovalSchema,
  ConnectionSwitch: connectionSwitchSchema,
  MassRevocationRequest: revocationSchema,
  MassRevocation: revocation,
  ApiKeyRequest: newApiKeySchema,
  ApiKeyRotation: rotationSchema,
  ApiKey: apiKey,
  ApiKeyList: listOf(apiKey),
  IdentityProviderRequest: newIdentityProviderSchema,
  IdentityProviderChange: identityProviderChangeSchema,
  IdentityProvider: identityProvider,
  IdentityProviderList: listOf(identityProvider),
  KeyRing: keyRing,
  AuditQuery: auditQuerySchema,
  AuditEvent: auditEvent,
  AuditEventPage: z.object({ data: z.array(auditEvent), next_cursor: z.optional(text) }),
  RootKey: z.object({ version: z.int() }),
  Health: z.object({ status: z.literal('ok') }),
  OpenApiDocument: z.looseObject({ openapi: text }),
  Problem: problem,
} as const satisfies Record<string, z.ZodMiniType>

export type SchemaName = keyof typeof SCHEMAS
