// The error catalog of what the operator does, and of what it has suspended.
import type { ErrorCode } from '#domain/errors.ts'

/** What an error code means and what to do about it. */
export interface Explanation {
  readonly meaning: string
  readonly remedy: string
}

export const OPERATOR_ERRORS = {
  tenant_suspended: {
    meaning: 'The operator has suspended the tenant. Connections and tokens are kept.',
    remedy: 'Ask the operator. After the tenant is resumed everything works again without new consent.',
  },
  app_suspended: {
    meaning:
      "The operator has suspended the tenant's ClickFunnels application. Its connections and tokens are kept; other applications of the tenant are not affected.",
    remedy: 'Ask the operator. After the app is resumed everything works again without new consent.',
  },
  connection_suspended: {
    meaning: 'The operator has suspended this connection. Its tokens are kept; others are not affected.',
    remedy:
      'Ask the operator. After the connection is resumed it works again without new consent; connecting again does not resume it.',
  },
  tenant_not_suspended: {
    meaning: 'A tenant, or its keys, can be deleted only while the tenant is suspended. Nothing was deleted.',
    remedy:
      'Suspend the tenant first. Deleting it revokes its connections before the keys; deleting the keys alone does not.',
  },
  client_secret_in_use: {
    meaning:
      'The client secret is the only one of the app, or no other one is known to work. Nothing was removed.',
    remedy:
      'Wait until the new secret shows the state "in_use" (a refresh or a connect session uses it), then remove the former one; or force it if you know better. Before the last one is removed, put another beside it.',
  },
  kms_key_unavailable: {
    meaning:
      'The tenant brought its own KMS key, and KMS refuses to use it: it is disabled, deleted, in another region, or its policy does not allow it. Nothing is lost.',
    remedy:
      'Enable the key and allow its use (docs/deploy.md has the policy). What is wrapped by it works again within minutes.',
  },
  api_key_not_rotatable: {
    meaning: 'The API key has a successor already, has ended, or was revoked.',
    remedy: 'Use the successor. Where it was lost, issue a new key and revoke both.',
  },
  identity_provider_taken: {
    meaning:
      'The issuer and audience of an identity provider are registered already, for this tenant or another. The pair is how a token finds its tenant.',
    remedy: 'Let each product have an audience of its own at the provider, and register that.',
  },
  tenant_shredded: {
    meaning:
      "The tenant's keys were deleted for good. Tokens, client secrets and codes that were sealed for it cannot be opened by anybody.",
    remedy: 'Nothing brings them back. Create a new tenant, and connect again.',
  },
  tenant_deleted: {
    meaning:
      'The tenant was deleted, or that is under way. Its connections, keys and settings do not come back.',
    remedy: 'Create a new tenant.',
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>
