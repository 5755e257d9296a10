// The sealed export of connections.
import { MAX_EXPORTED } from '#domain/exports/export-page.ts'
import { exportKeyRequestSchema, exportKeySchema } from '#http/wire/exports/export-key.ts'
import { exportPageSchema, exportRequestSchema } from '#http/wire/exports/export-page.ts'
import { type Bodies, time } from './body.ts'
import { CONNECTION } from './samples.ts'

const THUMBPRINT = 'Su6CrAwCsdltCr9Oo5ZJGDDzKbZ3WuZKtdHqPZCP7J8'

export const exports = {
  schemas: {
    ExportKeyRequest: exportKeyRequestSchema,
    ExportKey: exportKeySchema,
    ExportRequest: exportRequestSchema,
    ExportPage: exportPageSchema,
  },
  examples: {
    ExportKeyRequest: {
      public_key: { kty: 'OKP', crv: 'X25519', x: '3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08' },
    },
    ExportKey: { thumbprint: THUMBPRINT, expires_at: '2026-03-08T09:00:00Z' },
    ExportRequest: { limit: MAX_EXPORTED },
    ExportPage: {
      thumbprint: THUMBPRINT,
      suspended_at: '2026-03-02T09:00:00Z',
      items: [
        { connection_id: CONNECTION, status: 'exported', jwe: 'eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIs….….….….…' },
        { connection_id: 'conn_01k2q8v3f00123456789abcdee', status: 'no_tokens' },
      ],
      next: 'conn_01k2q8v3f00123456789abcdee',
    },
  },
  fields: {
    public_key: {
      description:
        'The public key as a JWK (RFC 7517). `kty` is `RSA`, `EC` or `OKP`. Never send the private key: a request with a member such as `d` is refused. `use`, if given, is `enc`; `alg`, if given, is `RSA-OAEP-256` for RSA, else `ECDH-ES+A256KW`.',
    },
    thumbprint: {
      description:
        'SHA-256 thumbprint of the public key, in base64url (RFC 7638). Each JWE has it as `kid` in its header.',
    },
    'ExportKey.expires_at': time('When the key stops to count.'),
    'ExportRequest.limit': {
      description: `Connections per page, 1 to ${MAX_EXPORTED}. Default: ${MAX_EXPORTED}.`,
      default: MAX_EXPORTED,
    },
    'ExportRequest.after': {
      description: '`next` of the page before. Default: the first page.',
    },
    connection_ids: {
      description: `Ids of 1 to ${MAX_EXPORTED} connections to export in place of a page, such as those that were \`busy\`. Not together with \`limit\` and \`after\`. One that the tenant does not have is left out of the answer. Default: a page.`,
    },
    'ExportPage.suspended_at': time(
      'Since when the tenant is suspended. If it differs from that of another page, the tenant was active in between: start again.',
    ),
    'ExportPage.items': { description: 'The connections of the page.' },
    'items.connection_id': { description: 'Id of the connection.' },
    'items.status': {
      description:
        '`exported`: `jwe` has the tokens. `no_tokens`: ClickFunnels has refused the tokens for good, so the end user has to connect again anyway. `unreadable`: the tokens cannot be decrypted; the log says why. `busy`: a refresh is under way, or its result may still arrive; ask again in some seconds, for 3 minutes at the most.',
    },
    jwe: {
      description:
        'The connection with its tokens, as a JWE in compact serialization (RFC 7516): `alg` by the type of the key, `enc` `A256GCM`. The payload is JSON with the members of an item of `POST /v1/connections/import`, and `connection_id`, `app_id`, `client_id`, `status`, `workspace`, `scopes`, `label` and `created_at` besides.',
    },
    uncertain: {
      description:
        '`true` if a refresh of the connection got no answer. ClickFunnels may have replaced the refresh token then; the access token may still work, and newer tokens may still arrive from the recovery queue: export again when it is empty. Absent otherwise, and always for tokens that do not expire.',
    },
    'ExportPage.next': { description: 'Send it as `after` to get the next page. Absent on the last page.' },
  },
} satisfies Bodies
