// The error catalog of what the operator does, and of what the operator has suspended or deleted.
import type { ErrorCode } from '#domain/errors.ts'
import type { Explanation } from './explanation.ts'

export const OPERATOR_ERRORS = {
  tenant_suspended: {
    meaning:
      'The operator has suspended the tenant. All calls with its credentials are refused. Its connections and tokens are kept.',
    remedy:
      'Ask the operator. After the tenant is resumed, everything works again and no end user has to connect again.',
  },
  app_suspended: {
    meaning:
      "The operator has suspended this ClickFunnels application of the tenant. Its connections and tokens are kept. The tenant's other applications work.",
    remedy:
      'Ask the operator. After the app is resumed, its connections work again and no end user has to connect again.',
  },
  connection_suspended: {
    meaning:
      'The operator has suspended this connection. Its tokens are kept. Other connections are not affected.',
    remedy:
      'Ask the operator. After the connection is resumed, it works again without a new approval. Connecting again does not resume it.',
  },
  export_disabled: {
    meaning:
      'This deployment does not allow the export of connections, or allows it to another key only. The CloudFormation parameter `SealedExport` says which. Nothing was exported.',
    remedy:
      "Deploy with `SealedExport=on`, or with the thumbprint of the tenant's key. After the export, deploy with `SealedExport=off`.",
  },
  export_key_missing: {
    meaning:
      'The tenant has registered no export key, or its key is older than 7 days. Nothing was exported.',
    remedy:
      'The tenant registers its public key with `PUT /v1/export-key`, with an API key that has the scope `connections:export`. It can do so only while it is active: resume it for a moment if it is suspended.',
  },
  tenant_not_suspended: {
    meaning:
      'A tenant or its keys can be deleted, and its connections exported, only while the tenant is suspended. Nothing was deleted or exported.',
    remedy:
      'Suspend the tenant first. Deleting the tenant revokes its tokens at ClickFunnels before it deletes the keys. Deleting the keys alone does not revoke any token.',
  },
  export_too_early: {
    meaning:
      'The tenant was suspended less than 60 seconds ago. A request that began before may still replace the tokens of a connection, and revoke the former ones. Nothing was exported.',
    remedy:
      'Repeat the request after the seconds in "Retry-After". The command `connections export` does so by itself.',
  },
  app_in_use: {
    meaning:
      'The app cannot be deleted yet: it is not suspended, it still has connections, or ClickFunnels has not confirmed every revocation of its tokens. "detail" says which. Nothing was deleted.',
    remedy:
      'Suspend the app and revoke its connections. The service retries open revocations at least once an hour. Delete the app when none is left.',
  },
  client_secret_in_use: {
    meaning:
      'The client secret is the only one of the app, or no other one is known to work. Nothing was removed.',
    remedy:
      'Wait until another client secret has the state "in_use", which the next refresh or connect session brings about, and remove this one then. To remove it earlier, send "force=true". The last client secret cannot be removed: add a new one first.',
  },
  kms_key_unavailable: {
    meaning:
      "KMS does not let the service use the tenant's own KMS key. The key is disabled, deleted or in another region, or its policy does not allow the use. No data was lost.",
    remedy:
      'Enable the key and allow its use; docs/deploy.md has the key policy. The tenant works again a few minutes later.',
  },
  api_key_not_rotatable: {
    meaning:
      'The API key cannot be rotated, because it already has a successor, has expired, or was revoked. No new key was issued.',
    remedy: 'Use the successor. If the successor was lost, issue a new key and revoke both.',
  },
  identity_provider_taken: {
    meaning:
      'This pair of issuer and audience is already registered, for this tenant or for another one. The pair identifies the tenant of a JWT, so it can belong to one tenant only.',
    remedy: 'Create a separate audience for each product at the identity provider, and register that one.',
  },
  tenant_shredded: {
    meaning:
      "The tenant's keys were deleted for good. Its tokens, client secrets and authorization codes can no longer be decrypted.",
    remedy: 'They cannot be restored. Create a new tenant and connect the end users again.',
  },
  tenant_deleted: {
    meaning:
      'The tenant was deleted, or its deletion has begun. Its connections, API keys and settings cannot be restored.',
    remedy: 'Create a new tenant.',
  },
} as const satisfies Partial<Record<ErrorCode, Explanation>>
