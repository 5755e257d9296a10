// The named schemas of the contract. Requests: the very schemas that parse them. Answers: those that shape them, or, where
// a function without one does, a schema that does not compile unless it says what that function answers.
import * as z from 'zod/mini'
import { AUDIT_ACTIONS } from '#domain/audit.ts'
import { SCOPES } from '#domain/caller.ts'
import { ERROR_CODES } from '#domain/errors.ts'
import { ALGORITHMS, AUDIENCE_CLAIMS } from '#domain/identity-provider.ts'
import { type apiKeyJson, newApiKeySchema, rotationSchema } from '#http/api-key-json.ts'
import { type auditEventJson, auditQuerySchema } from '#http/audit-json.ts'
import { connectionSchema } from '#http/connection-json.ts'
import {
  identityProviderChangeSchema,
  type identityProviderJson,
  newIdentityProviderSchema,
} from '#http/identity-provider-json.ts'
import type { keyRingJson } from '#http/keys-json.ts'
import { listQuerySchema } from '#http/list-query.ts'
import { completionSchema, sessionRequestSchema, sessionSchema } from '#http/session-json.ts'
import {
  appChangeSchema,
  type appJson,
  newAppSchema,
  newTenantSchema,
  tenantChangeSchema,
  type tenantJson,
} from '#http/tenant-json.ts'

/** Member names in which a schema and an answer differ; `never` when they agree. */
type Differing<Answer, Said> = Exclude<keyof Answer, keyof Said> | Exclude<keyof Said, keyof Answer>

/** A schema of what a function answers: with the same members, each of a type that the schema allows. */
const of =
  <Json extends (...given: never[]) => object>() =>
  <S extends z.ZodMiniType>(
    schema: S &
      (ReturnType<Json> extends z.output<S>
        ? [Differing<ReturnType<Json>, z.output<S>>] extends [never]
          ? unknown
          : { readonly 'members differ': Differing<ReturnType<Json>, z.output<S>> }
        : { readonly 'the answer is not of this type': ReturnType<Json> }),
  ): S =>
    schema

const text = z.string()
const listOf = <S extends z.ZodMiniType>(item: S) => z.object({ data: z.array(item) })

const tenant = of<typeof tenantJson>()(
  z.object({
    id: text,
    name: text,
    status: z.enum(['active', 'suspended']),
    return_urls: z.readonly(z.array(text)),
    origins: z.readonly(z.array(text)),
    kms_key_arn: z.optional(text),
    branding: z.optional(z.object({ color: text })),
    limits: z.optional(
      z.object({
        connections: z.optional(z.int()),
        sessions_per_minute: z.optional(z.int()),
        requests_per_second: z.optional(z.int()),
      }),
    ),
    created_at: text,
    updated_at: text,
  }),
)

const app = of<typeof appJson>()(
  z.object({
    id: text,
    name: text,
    client_id: text,
    client_secrets: z.array(z.object({ serial: z.int(), created_at: text })),
    redirect_uri: text,
    health: z.object({ status: text, since: z.optional(text) }),
    created_at: text,
    updated_at: text,
  }),
)

const apiKey = of<typeof apiKeyJson>()(
  z.object({
    id: text,
    name: text,
    api_key: z.optional(text),
    hint: text,
    scopes: z.readonly(z.array(z.enum(SCOPES))),
    status: text,
    successor: z.optional(text),
    created_at: text,
    expires_at: z.optional(text),
    last_used_at: z.optional(text),
  }),
)

const identityProvider = of<typeof identityProviderJson>()(
  z.object({
    id: text,
    issuer: text,
    audience: text,
    audience_claim: z.enum(AUDIENCE_CLAIMS),
    jwks_uri: text,
    algorithms: z.readonly(z.array(z.enum(ALGORITHMS))),
    end_user_claim: text,
    created_at: text,
    updated_at: text,
  }),
)

const auditEvent = of<typeof auditEventJson>()(
  z.object({
    id: text,
    at: text,
    action: z.enum(AUDIT_ACTIONS),
    actor: z.object({
      type: z.enum(['api_key', 'end_user', 'operator', 'browser', 'service']),
      id: z.optional(text),
      identity_provider_id: z.optional(text),
    }),
    resource: z.object({
      type: z.enum(['tenant', 'app', 'api_key', 'identity_provider', 'connect_session', 'connection']),
      id: z.optional(text),
    }),
    result: text,
    reason: z.optional(text),
    source_ip: z.optional(text),
    user_agent: z.optional(text),
    request_id: z.optional(text),
  }),
)

const keyRing = of<typeof keyRingJson>()(
  z.object({
    data: z.array(
      z.object({
        version: z.int(),
        created_at: text,
        wrapped_by: z.union([z.object({ root_key_version: z.int() }), z.object({ kms_key_arn: text })]),
        retired_at: z.optional(text),
      }),
    ),
    shredded_at: z.optional(text),
  }),
)

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
  AppRequest: newAppSchema,
  AppChange: appChangeSchema,
  App: app,
  AppList: listOf(app),
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
