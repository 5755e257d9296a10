// Tenants on the wire, both ways. Apps: app-json.ts.
import * as z from 'zod/mini'
import type { Limits, Tenant } from '#domain/tenants/tenant.ts'
import { toRfc3339 } from '#domain/time.ts'
import { browserUrl, text } from './fields.ts'
import { newIdentityProviderSchema } from './identity-provider.ts'

const returnUrls = z.array(browserUrl).check(z.maxLength(50))
/** An origin as browsers send it: no path, no trailing slash. */
const origin = browserUrl.check(
  z.refine(
    (value) => URL.parse(value)?.origin === value,
    'must be an origin, such as "https://app.example.com"',
  ),
)
const origins = z.array(origin).check(z.maxLength(50))
/** A key, not an alias: an alias could be pointed elsewhere without our knowing. */
const kmsKeyArn = z
  .string()
  .check(
    z.regex(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]{1,64}$/, 'must be the ARN of a KMS key'),
  )
/** A colour as style sheets and the pickers of browsers have it. */
const branding = z.object({
  color: z.pipe(
    z.string().check(z.regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as "#1c5fd4"')),
    z.transform((color) => color.toLowerCase()),
  ),
})

const limit = z.int().check(z.minimum(1), z.maximum(999_999_999))
const limits = z.pipe(
  z.object({
    connections: z.optional(limit),
    sessions_per_minute: z.optional(limit),
    requests_per_second: z.optional(limit),
  }),
  z.transform(
    ({ connections, sessions_per_minute, requests_per_second }): Limits => ({
      ...(connections && { connections }),
      ...(sessions_per_minute && { sessionsPerMinute: sessions_per_minute }),
      ...(requests_per_second && { requestsPerSecond: requests_per_second }),
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
    limits: z.optional(limits),
  }),
  z.transform(({ name, return_urls, origins, identity_provider, kms_key_arn, branding, limits }) => ({
    name,
    returnUrls: return_urls,
    origins,
    ...(identity_provider && { identityProvider: identity_provider }),
    ...(kms_key_arn && { kmsKeyArn: kms_key_arn }),
    ...(branding && { branding }),
    ...(limits && { limits }),
  })),
)

export const tenantChangeSchema = z.pipe(
  z.object({
    name: z.optional(text(128)),
    status: z.optional(z.enum(['active', 'suspended'])),
    return_urls: z.optional(returnUrls),
    origins: z.optional(origins),
    kms_key_arn: z.optional(z.nullable(kmsKeyArn)),
    branding: z.optional(z.nullable(branding)),
    limits: z.optional(z.nullable(limits)),
  }),
  z.transform(({ name, status, return_urls, origins, kms_key_arn, branding, limits }) => ({
    ...(name && { name }),
    ...(status && { status }),
    ...(return_urls && { returnUrls: return_urls }),
    ...(origins && { origins }),
    ...(kms_key_arn !== undefined && { kmsKeyArn: kms_key_arn }),
    ...(branding !== undefined && { branding }),
    ...(limits !== undefined && { limits }),
  })),
)

export function tenantJson(tenant: Tenant) {
  return {
    id: tenant.id,
    name: tenant.name,
    status: tenant.status,
    return_urls: tenant.returnUrls,
    origins: tenant.origins,
    ...(tenant.kmsKeyArn && { kms_key_arn: tenant.kmsKeyArn }),
    ...(tenant.branding && { branding: tenant.branding }),
    ...(tenant.limits && { limits: limitsJson(tenant.limits) }),
    created_at: toRfc3339(tenant.createdAt),
    updated_at: toRfc3339(tenant.updatedAt),
    ...(tenant.deletedAt !== undefined && { deleted_at: toRfc3339(tenant.deletedAt) }),
  }
}

function limitsJson({ connections, sessionsPerMinute, requestsPerSecond }: Limits) {
  return {
    ...(connections && { connections }),
    ...(sessionsPerMinute && { sessions_per_minute: sessionsPerMinute }),
    ...(requestsPerSecond && { requests_per_second: requestsPerSecond }),
  }
}
