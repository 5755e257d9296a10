// Tenants on the wire, both ways.
import * as z from 'zod/mini'
import { CALL_SECONDS } from '#domain/proxy/proxy-request.ts'
import type { Limits, Tenant } from '#domain/tenants/tenant.ts'
import { toRfc3339 } from '#domain/time.ts'
import { browserUrl, optionalTime, text } from './fields.ts'
import { identityProviderSchema, newIdentityProviderSchema } from './identity-provider.ts'
import { shaped } from './shaped.ts'

const returnUrls = z.array(browserUrl).check(z.maxLength(50))
/** An origin as browsers send it: without a path and a slash at the end. */
const origin = browserUrl.check(
  z.refine(
    (value) => URL.parse(value)?.origin === value,
    'must be an origin, such as "https://app.example.com"',
  ),
)
const origins = z.array(origin).check(z.maxLength(50))
/** A key, not an alias, because an alias can be moved to another key without our knowing. */
const kmsKeyArn = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]{1,64}$/,
      'must be the ARN of a KMS key, not of an alias',
    ),
  )
/** A colour as style sheets and the colour pickers of browsers write it. */
const color = z.pipe(
  z.string().check(z.regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as "#1c5fd4"')),
  z.transform((text) => text.toLowerCase()),
)
const branding = z.pipe(
  z.object({ color, dark_color: z.optional(color) }),
  z.transform(({ color, dark_color }) => ({ color, ...(dark_color && { darkColor: dark_color }) })),
)

const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The body that sets a logo. What the image may be: domain/tenants/manage-logo.ts. */
export const logoSchema = z.pipe(
  z.object({
    image: z
      .string()
      .check(z.regex(BASE64, 'must be an image in base64, without line breaks and not as a data URL')),
  }),
  z.transform(({ image }) => ({ bytes: new Uint8Array(Buffer.from(image, 'base64')) })),
)

const limit = z.int().check(z.minimum(1), z.maximum(999_999_999))
const limits = z.pipe(
  z.object({
    connections: z.optional(limit),
    sessions_per_minute: z.optional(limit),
    requests_per_second: z.optional(limit),
    concurrent_requests: z.optional(limit),
    seconds_per_request: z.optional(z.int().check(z.minimum(1), z.maximum(CALL_SECONDS))),
  }),
  z.transform(
    ({
      connections,
      sessions_per_minute,
      requests_per_second,
      concurrent_requests,
      seconds_per_request,
    }): Limits => ({
      ...(connections && { connections }),
      ...(sessions_per_minute && { sessionsPerMinute: sessions_per_minute }),
      ...(requests_per_second && { requestsPerSecond: requests_per_second }),
      ...(concurrent_requests && { concurrentRequests: concurrent_requests }),
      ...(seconds_per_request && { secondsPerRequest: seconds_per_request }),
    }),
  ),
)

export const newTenantSchema = z.pipe(
  z.object({
    name: text(128),
    return_urls: z._default(returnUrls, []),
    origins: z._default(origins, []),
    identity_provider: z.optional(newIdentityProviderSchema),
    kms_key_arn: z.optional(kmsKeyArn),
    branding: z.optional(branding),
    end_users_may_confirm: z.optional(z.boolean()),
    limits: z.optional(limits),
  }),
  z.transform(
    ({ name, return_urls, origins, identity_provider, kms_key_arn, branding, limits, ...more }) => ({
      name,
      returnUrls: return_urls,
      origins,
      ...(identity_provider && { identityProvider: identity_provider }),
      ...(kms_key_arn && { kmsKeyArn: kms_key_arn }),
      ...(branding && { branding }),
      ...(more.end_users_may_confirm && { endUsersMayConfirm: true }),
      ...(limits && { limits }),
    }),
  ),
)

export const tenantChangeSchema = z.pipe(
  z.object({
    name: z.optional(text(128)),
    status: z.optional(z.enum(['active', 'suspended'])),
    return_urls: z.optional(returnUrls),
    origins: z.optional(origins),
    kms_key_arn: z.optional(z.nullable(kmsKeyArn)),
    branding: z.optional(z.nullable(branding)),
    end_users_may_confirm: z.optional(z.boolean()),
    limits: z.optional(z.nullable(limits)),
  }),
  z.transform(({ name, status, return_urls, origins, kms_key_arn, branding, limits, ...more }) => ({
    ...(name && { name }),
    ...(status && { status }),
    ...(return_urls && { returnUrls: return_urls }),
    ...(origins && { origins }),
    ...(kms_key_arn !== undefined && { kmsKeyArn: kms_key_arn }),
    ...(branding !== undefined && { branding }),
    ...(more.end_users_may_confirm !== undefined && { endUsersMayConfirm: more.end_users_may_confirm }),
    ...(limits !== undefined && { limits }),
  })),
)

export const tenantSchema = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(['active', 'suspended', 'deleting', 'deleted']),
  suspended_at: z.optional(z.string()),
  return_urls: z.array(z.string()),
  origins: z.array(z.string()),
  kms_key_arn: z.optional(z.string()),
  branding: z.optional(z.object({ color: z.string(), dark_color: z.optional(z.string()) })),
  logo: z.optional(z.object({ media_type: z.string(), width: z.int(), height: z.int() })),
  end_users_may_confirm: z.boolean(),
  limits: z.optional(
    z.object({
      connections: z.optional(z.int()),
      sessions_per_minute: z.optional(z.int()),
      requests_per_second: z.optional(z.int()),
      concurrent_requests: z.optional(z.int()),
      seconds_per_request: z.optional(z.int()),
    }),
  ),
  created_at: z.string(),
  updated_at: z.string(),
  deleted_at: z.optional(z.string()),
})

/** The answer that creates a tenant, which may register an identity provider with it. */
export const createdTenantSchema = z.extend(tenantSchema, {
  identity_provider: z.optional(identityProviderSchema),
})

export function tenantJson(tenant: Tenant) {
  const { limits, logo } = tenant
  return shaped(tenantSchema, {
    id: tenant.id,
    name: tenant.name,
    status: tenant.status,
    suspended_at: tenant.status === 'suspended' ? optionalTime(tenant.suspendedAt) : undefined,
    return_urls: tenant.returnUrls,
    origins: tenant.origins,
    kms_key_arn: tenant.kmsKeyArn,
    branding: tenant.branding && { color: tenant.branding.color, dark_color: tenant.branding.darkColor },
    logo: logo && { media_type: logo.mediaType, width: logo.width, height: logo.height },
    end_users_may_confirm: tenant.endUsersMayConfirm ?? false,
    limits: limits && {
      connections: limits.connections,
      sessions_per_minute: limits.sessionsPerMinute,
      requests_per_second: limits.requestsPerSecond,
      concurrent_requests: limits.concurrentRequests,
      seconds_per_request: limits.secondsPerRequest,
    },
    created_at: toRfc3339(tenant.createdAt),
    updated_at: toRfc3339(tenant.updatedAt),
    deleted_at: optionalTime(tenant.deletedAt),
  })
}
