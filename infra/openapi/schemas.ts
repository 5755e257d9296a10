// The named schemas of the contract: the very schemas that parse requests and shape answers.
import * as z from 'zod/mini'
import { ERROR_CODES } from '#domain/errors.ts'
import { apiKeySchema, newApiKeySchema, rotationSchema } from '#http/wire/api-key.ts'
import { appChangeSchema, appSchema, newAppSchema, secretRemovalSchema } from '#http/wire/app.ts'
import { auditEventSchema, auditQuerySchema } from '#http/wire/audit-event.ts'
import { connectionSchema, connectionSwitchSchema } from '#http/wire/connection.ts'
import {
  deletionReportSchema,
  deletionSchema,
  revocationReportSchema,
  revocationSchema,
} from '#http/wire/deletion.ts'
import {
  identityProviderChangeSchema,
  identityProviderSchema,
  newIdentityProviderSchema,
} from '#http/wire/identity-provider.ts'
import { keyRingSchema, rootKeySchema } from '#http/wire/key-ring.ts'
import { listQuerySchema, tenantListSchema } from '#http/wire/list-query.ts'
import { completionSchema, sessionRequestSchema, sessionSchema } from '#http/wire/session.ts'
import { listOf, pageOf } from '#http/wire/shaped.ts'
import { createdTenantSchema, newTenantSchema, tenantChangeSchema, tenantSchema } from '#http/wire/tenant.ts'

const text = z.string()

/** ClickFunnels' own: the members that it documents. Other members pass as well. */
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
  ConnectionPage: pageOf(connectionSchema),
  Funnel: funnel,
  FunnelPage: z.array(funnel),
  TenantRequest: newTenantSchema,
  TenantChange: tenantChangeSchema,
  Tenant: tenantSchema,
  CreatedTenant: createdTenantSchema,
  TenantListQuery: tenantListSchema,
  TenantPage: pageOf(tenantSchema),
  TenantDeletionRequest: deletionSchema,
  TenantDeletion: deletionReportSchema,
  AppRequest: newAppSchema,
  AppChange: appChangeSchema,
  App: appSchema,
  AppList: listOf(appSchema),
  ClientSecretRemoval: secretRemovalSchema,
  ConnectionSwitch: connectionSwitchSchema,
  MassRevocationRequest: revocationSchema,
  MassRevocation: revocationReportSchema,
  ApiKeyRequest: newApiKeySchema,
  ApiKeyRotation: rotationSchema,
  ApiKey: apiKeySchema,
  ApiKeyList: listOf(apiKeySchema),
  IdentityProviderRequest: newIdentityProviderSchema,
  IdentityProviderChange: identityProviderChangeSchema,
  IdentityProvider: identityProviderSchema,
  IdentityProviderList: listOf(identityProviderSchema),
  KeyRing: keyRingSchema,
  AuditQuery: auditQuerySchema,
  AuditEvent: auditEventSchema,
  AuditEventPage: pageOf(auditEventSchema),
  RootKey: rootKeySchema,
  Health: z.object({ status: z.literal('ok') }),
  OpenApiDocument: z.looseObject({ openapi: text }),
  Problem: problem,
} as const satisfies Record<string, z.ZodMiniType>

export type SchemaName = keyof typeof SCHEMAS
