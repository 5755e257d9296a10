// The deletion of a tenant and the revocation of many connections.
import {
  deletionReportSchema,
  deletionSchema,
  revocationReportSchema,
  revocationSchema,
} from '#http/wire/deletion.ts'
import type { Bodies } from './body.ts'
import { APP, CONNECTION, TENANT } from './samples.ts'

export const deletions = {
  schemas: {
    TenantDeletionRequest: deletionSchema,
    TenantDeletion: deletionReportSchema,
    MassRevocationRequest: revocationSchema,
    MassRevocation: revocationReportSchema,
  },
  examples: {
    TenantDeletionRequest: { confirm: TENANT },
    TenantDeletion: {
      id: TENANT,
      status: 'deleting',
      stage: 'revoking',
      revoked: 1312,
      owed: 2,
      failed: 0,
      erased: 0,
    },
    MassRevocationRequest: { app_id: APP },
    MassRevocation: { processed: 320, revoked: 318, owed: 2, failed: 0, next_cursor: CONNECTION },
  },
  fields: {
    'MassRevocationRequest.app_id': {
      description: 'Revokes the connections of the app with this id. May be combined with `end_user_id`.',
    },
    'MassRevocationRequest.end_user_id': {
      description:
        "Revokes the connections of the end user with this id (the tenant's own id). May be combined with `app_id`.",
    },
    'MassRevocationRequest.cursor': {
      description: 'The `next_cursor` of the previous answer, to continue. Default: from the beginning.',
    },
    all: {
      description:
        "`true` revokes all of the tenant's connections. Send either this, or `app_id`, `end_user_id` or both.",
    },
    'MassRevocation.next_cursor': {
      description: 'Send it as `cursor` to continue. Absent if all connections were processed.',
    },
    processed: { description: 'Number of connections that this call processed.' },
    revoked: {
      description: 'Number of connections that were removed and whose revocation ClickFunnels has confirmed.',
    },
    owed: {
      description:
        'Number of connections that were removed, but whose revocation ClickFunnels has not confirmed yet. The service retries for about a week.',
    },
    failed: {
      description:
        'Number of connections that could not be removed because of a fault of the service. Send the request again.',
    },
    confirm: {
      description:
        'The id of the tenant once more, such as `ten_01k2q8v3c00123456789abcdef`, against mistakes.',
    },
    revoke: {
      description:
        'Revoke tokens at ClickFunnels before deleting. If false, they stay valid and can no longer be revoked. Default: true.',
    },
    'TenantDeletion.status': {
      description: '`deleting`: send the request again. `deleted`: the deletion is complete.',
    },
    stage: {
      description:
        'Current step. `revoking`: tokens are being revoked at ClickFunnels. `erasing`: the keys are deleted and stored items are being erased. `deleted`: complete.',
    },
    'TenantDeletion.owed': {
      description:
        'Number of revocations that ClickFunnels has not confirmed yet. The deletion continues when there is none left.',
    },
    erased: { description: 'Number of stored items that this call erased.' },
  },
} satisfies Bodies
