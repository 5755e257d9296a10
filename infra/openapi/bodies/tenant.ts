// Tenants.

import { MAX_LOGO_BYTES } from '#domain/tenants/logo.ts'
import { tenantListSchema } from '#http/wire/list-query.ts'
import { pageOf } from '#http/wire/shaped.ts'
import {
  createdTenantSchema,
  logoSchema,
  newTenantSchema,
  tenantChangeSchema,
  tenantSchema,
} from '#http/wire/tenant.ts'
import { type Bodies, time } from './body.ts'
import { TENANT } from './samples.ts'

const created = {
  id: TENANT,
  name: 'Example',
  status: 'active',
  return_urls: ['https://app.example.com/connected'],
  origins: ['https://app.example.com'],
  branding: { color: '#1c5fd4' },
  end_users_may_confirm: false,
  limits: { connections: 1000, sessions_per_minute: 60 },
  created_at: '2026-03-01T08:00:00Z',
  updated_at: '2026-03-01T08:00:00Z',
}
const tenant = { ...created, logo: { media_type: 'image/png', width: 32, height: 32 } }
/** A blue square of 32 by 32 pixels. */
const LOGO =
  'iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAKklEQVR42mOQib9CU8QwasGoBaMWjFowasGoBaMWjFowasGoBaMWDBULAMgGPEzlMVaEAAAAAElFTkSuQmCC'

export const tenants = {
  schemas: {
    TenantRequest: newTenantSchema,
    TenantChange: tenantChangeSchema,
    LogoRequest: logoSchema,
    Tenant: tenantSchema,
    CreatedTenant: createdTenantSchema,
    TenantListQuery: tenantListSchema,
    TenantPage: pageOf(tenantSchema),
  },
  examples: {
    TenantRequest: {
      name: tenant.name,
      return_urls: tenant.return_urls,
      origins: tenant.origins,
      branding: tenant.branding,
      limits: tenant.limits,
    },
    TenantChange: { status: 'suspended' },
    LogoRequest: { image: LOGO },
    Tenant: tenant,
    CreatedTenant: created,
    TenantPage: { data: [tenant] },
  },
  fields: {
    return_urls: {
      description:
        'URLs under which the `return_url` of a connect session may lie, such as `https://app.example.com/connected`, at most 50. Scheme, host and port must match exactly; the path covers itself and, for API keys, everything below it; there are no wildcards. https only, except http on localhost. Without any, the tenant cannot start sessions.',
    },
    'TenantRequest.return_urls': {
      description:
        'URLs under which the `return_url` of a connect session may lie, such as `https://app.example.com/connected`, at most 50. Scheme, host and port must match exactly; the path covers itself and, for API keys, everything below it; there are no wildcards. https only, except http on localhost. Default: none, so that the tenant cannot start sessions.',
    },
    origins: {
      description:
        "Origins of the tenant's web pages that may call this API, such as `https://app.example.com`, at most 50: scheme, host and port exactly as the browser sends them, without a slash at the end.",
    },
    'TenantRequest.origins': {
      description:
        "Origins of the tenant's web pages that may call this API, such as `https://app.example.com`, at most 50: scheme, host and port exactly as the browser sends them, without a slash at the end. Default: none.",
    },
    kms_key_arn: {
      description:
        "ARN of the tenant's own AWS KMS key, which then encrypts the tenant's keys. Absent if the service's key does.",
    },
    'TenantRequest.kms_key_arn': {
      description:
        "ARN of a KMS key of the tenant's own (a key, not an alias), which then encrypts the tenant's keys. The key's policy must allow the service to use it; docs/deploy.md has the policy. Default: the service's key.",
    },
    'TenantChange.kms_key_arn': {
      description:
        "ARN of a KMS key of the tenant's own (a key, not an alias), which then encrypts the tenant's keys. `null`: the service's key is used again. A change rotates the tenant's key.",
    },
    branding: { description: 'How the pages that end users see look.' },
    'TenantRequest.branding': {
      description: "How the pages that end users see look. Default: the service's own colour.",
    },
    'TenantChange.branding': {
      description: "How the pages that end users see look. `null`: the service's own colour is used again.",
    },
    color: {
      description:
        'Colour of the product, such as `#1c5fd4`. The service makes it darker or lighter where text would be hard to read.',
    },
    dark_color: {
      description: 'Colour of the product on a dark background, such as `#8ab4ff`. Default: `color`.',
    },
    image: {
      description:
        'The file in base64, without line breaks and without `data:` before it: a PNG without animation or a JPEG, with at most 32 KB (43,692 characters) and 32 to 1,024 pixels for each side. No SVG, because that can hold scripts.',
      contentEncoding: 'base64',
      maxLength: Math.ceil(MAX_LOGO_BYTES / 3) * 4,
    },
    logo: {
      description: 'What kind of logo the tenant has. The image itself is not shown. Absent if it has none.',
    },
    media_type: { description: 'Media type of the logo: `image/png` or `image/jpeg`.' },
    width: { description: 'Width in pixels.' },
    height: { description: 'Height in pixels.' },
    'Tenant.status': {
      description:
        'Current status. `active`: everything works. `suspended`: its credentials are refused and its tokens are not refreshed, until it is resumed. `deleting`: its deletion has begun and cannot be stopped. `deleted`: it is gone for good.',
    },
    'Tenant.suspended_at': time(
      'When the operator suspended it, without a break since then. Absent if it is not suspended, or if an older version of the service suspended it.',
    ),
    'CreatedTenant.suspended_at': time('Always absent.'),
    'CreatedTenant.status': { description: 'Always `active`.' },
    'TenantChange.status': {
      description:
        '`suspended` stops calls within 60 seconds and refreshes at once; nothing is lost. `active` resumes the tenant within 60 seconds.',
    },
    deleted_at: time(
      'When the tenant was deleted. Only its id, name, times and audit trail are kept. Absent if it was not deleted.',
    ),
    end_users_may_confirm: {
      description:
        'Whether end users may choose `completion: confirmed` for sessions that they start with their JWTs. `confirmed` rests on the user reading a page, so an attacker would choose it. API keys may always choose it.',
    },
    'TenantRequest.end_users_may_confirm': {
      description:
        'Whether end users may choose `completion: confirmed` for sessions that they start with their JWTs. `confirmed` rests on the user reading a page, so an attacker would choose it. API keys may always choose it. Default: false.',
    },
    limits: { description: "The tenant's own limits. Absent if it has none." },
    'TenantRequest.limits': {
      description: "The tenant's own limits. Default: the limits that the service has for all tenants.",
    },
    'TenantChange.limits': {
      description:
        "The tenant's own limits, as a whole: a limit that is left out is the service's default again. `null` removes all of them. A change takes effect within 60 seconds.",
    },
    connections: {
      description: "Maximum number of connections. Absent: the service's default, if it has one.",
    },
    sessions_per_minute: {
      description:
        "Maximum number of connect sessions started in a minute by the clock. Absent: the service's default, if it has one.",
    },
    requests_per_second: {
      description:
        "Maximum number of calls through the proxy per second, averaged over ten seconds. Absent: the service's default, if it has one.",
    },
    concurrent_requests: {
      description:
        "Maximum number of calls through the proxy that are under way at the same time, averaged over ten seconds. Absent: the service's default, if it has one.",
    },
    seconds_per_request: {
      description: 'Maximum number of seconds that a call through the proxy may take. Absent: 25.',
    },
    identity_provider: {
      description:
        "The tenant's own identity provider, whose JWTs its end users call with. Default: none; it can be registered later.",
    },
    'CreatedTenant.identity_provider': {
      description: 'The identity provider, if one was registered with the tenant. Absent otherwise.',
    },
  },
} satisfies Bodies
