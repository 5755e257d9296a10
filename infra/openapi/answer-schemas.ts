// What functions answer that have no schema of their own: each of these does not compile unless it says just that.
import * as z from 'zod/mini'
import { AUDIT_ACTIONS } from '#domain/audit/event.ts'
import { SCOPES } from '#domain/callers/caller.ts'
import { ALGORITHMS, AUDIENCE_CLAIMS } from '#domain/callers/identity-provider.ts'
import type { apiKeyJson } from '#http/wire/api-key.ts'
import type { appJson } from '#http/wire/app.ts'
import type { auditEventJson } from '#http/wire/audit-event.ts'
import type { deletionJson, revocationJson } from '#http/wire/deletion.ts'
import type { identityProviderJson } from '#http/wire/identity-provider.ts'
import type { keyRingJson } from '#http/wire/key-ring.ts'
import type { tenantJson } from '#http/wire/tenant.ts'

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
export const listOf = <S extends z.ZodMiniType>(item: S) => z.object({ data: z.array(item) })

export const tenant = of<typeof tenantJson>()(
  z.object({
    id: text,
    name: text,
    status: z.enum(['active', 'suspended', 'deleting', 'deleted']),
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
    deleted_at: z.optional(text),
  }),
)

export const app = of<typeof appJson>()(
  z.object({
    id: text,
    name: text,
    status: text,
    suspended_at: z.optional(text),
    client_id: text,
    client_secrets: z.array(z.object({ serial: z.int(), state: text, created_at: text })),
    redirect_uri: text,
    health: z.object({ status: text, since: z.optional(text) }),
    created_at: text,
    updated_at: text,
  }),
)

export const apiKey = of<typeof apiKeyJson>()(
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

export const identityProvider = of<typeof identityProviderJson>()(
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

export const auditEvent = of<typeof auditEventJson>()(
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

export const keyRing = of<typeof keyRingJson>()(
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

export const revocation = of<typeof revocationJson>()(
  z.object({
    processed: z.int(),
    revoked: z.int(),
    owed: z.int(),
    failed: z.int(),
    next_cursor: z.optional(text),
  }),
)

export const deletion = of<typeof deletionJson>()(
  z.object({
    status: text,
    stage: z.enum(['revoking', 'erasing', 'deleted']),
    revoked: z.int(),
    owed: z.int(),
    failed: z.int(),
    erased: z.int(),
  }),
)
