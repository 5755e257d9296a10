// Keys of the vault.
import { keyRingSchema, rootKeySchema } from '#http/wire/key-ring.ts'
import { type Bodies, time } from './body.ts'

const KMS_KEY = 'arn:aws:kms:eu-central-1:111122223333:key/0123abcd-0000-4000-8000-000000000000'

export const keyRing = {
  schemas: {
    KeyRing: keyRingSchema,
    RootKey: rootKeySchema,
  },
  examples: {
    KeyRing: {
      data: [
        { version: 1, created_at: '2026-01-01T08:00:00Z', wrapped_by: { root_key_version: 7 } },
        { version: 2, created_at: '2026-03-01T08:00:00Z', wrapped_by: { kms_key_arn: KMS_KEY } },
      ],
    },
    RootKey: { version: 8 },
  },
  fields: {
    'KeyRing.data': { description: "All versions of the tenant's key, oldest first." },
    version: { description: 'Number of the version: 1 for the first one, then counting up.' },
    wrapped_by: { description: 'The key that encrypts this version: one of the two fields.' },
    root_key_version: { description: "Version of the service's root key." },
    'wrapped_by.kms_key_arn': { description: "ARN of the tenant's own KMS key." },
    'data.created_at': time('When this version was created.'),
    retired_at: time(
      'When the version was retired: it encrypts nothing new, but still decrypts. Absent if it was not.',
    ),
    shredded_at: time('When the keys were deleted for good. Absent if they were not.'),
    'RootKey.version': { description: 'Number of the version of the root keys that encrypts from now on.' },
  },
} satisfies Bodies
