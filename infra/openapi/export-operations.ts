// The sealed export of connections: the tenant's key, and the operator's pages.

import type { RouteKey } from '#http/routes.ts'
import type { Operation } from './operation.ts'

export const EXPORT_OPERATIONS = {
  'PUT /v1/export-key': {
    id: 'putExportKey',
    summary: 'Register the key for an export',
    more: 'Registers the public key to which the operator may export the connections of the tenant, for 7 days and in place of the key before. For API keys with the scope `connections:export` only, which a key does not have by default. Registering a key exports nothing: the operator starts the export, while the tenant is suspended. Tell the operator the `thumbprint` in another way than by this API. Accepted keys: RSA of 2,048 to 4,096 bits, EC on P-256, P-384 or P-521, and OKP on X25519. The guide is docs/migrate.md.',
    body: { schema: 'ExportKeyRequest', example: 'ExportKeyRequest' },
    answers: { 200: { says: 'The key is registered.', schema: 'ExportKey', example: 'ExportKey' } },
    problems: ['tenant_deleted'],
  },
  'DELETE /v1/export-key': {
    id: 'deleteExportKey',
    summary: 'Withdraw the key for an export',
    more: 'From then on no connection is exported, until a key is registered again. What was exported before stays exported. For API keys with the scope `connections:export` only. To repeat the request is harmless.',
    answers: { 204: { says: 'The tenant has no export key.' } },
  },
  'POST /v1/tenants/{tenant_id}/connections/export': {
    id: 'exportConnections',
    summary: "Export a tenant's connections, sealed to the tenant's key",
    more: 'Gives the tokens of a page of connections, each sealed as a JWE to the public key that the tenant registered, so only the tenant can open them. The tenant has to be suspended, because each refresh replaces the tokens, and has to be so for 60 seconds, until every request that began before has ended: `Retry-After` of the problem `export_too_early` says when. The deployment has to allow it: the CloudFormation parameter `SealedExport` is `off` by default. To get the next page, send `next` as `after`. Compare `thumbprint` on each page with what the tenant told you, and `suspended_at` with the page before: if it differs, the tenant was active in between, and what was exported before may be worth nothing. Ask again for `busy` connections with `connection_ids`. To repeat the request is harmless. An exported connection is not refreshed for 60 seconds, even if the tenant is resumed.',
    body: { schema: 'ExportRequest', example: 'ExportRequest' },
    answers: { 200: { says: 'A page, newest first.', schema: 'ExportPage', example: 'ExportPage' } },
    problems: [
      'export_disabled',
      'not_found',
      'tenant_not_suspended',
      'export_too_early',
      'export_key_missing',
      'kms_key_unavailable',
      'tenant_shredded',
      'tenant_deleted',
    ],
  },
} as const satisfies Partial<Record<RouteKey, Operation>>
