// A tenant's keys on the wire: when each version was made and what wraps it. Never a key, wrapped or not.
import * as z from 'zod/mini'
import { toRfc3339 } from '#domain/time.ts'
import type { KeyRing, Wrapping } from '#domain/vault/key-ring.ts'
import { optionalTime } from './fields.ts'
import { shaped } from './shaped.ts'

export const keyRingSchema = z.object({
  data: z.array(
    z.object({
      version: z.int(),
      created_at: z.string(),
      wrapped_by: z.union([z.object({ root_key_version: z.int() }), z.object({ kms_key_arn: z.string() })]),
      retired_at: z.optional(z.string()),
    }),
  ),
  shredded_at: z.optional(z.string()),
})

export function keyRingJson({ versions, shreddedAt }: KeyRing) {
  return shaped(keyRingSchema, {
    data: versions.map(({ version, createdAt, wrappedBy, retiredAt }) => ({
      version,
      created_at: toRfc3339(createdAt),
      wrapped_by: wrappingJson(wrappedBy),
      retired_at: optionalTime(retiredAt),
    })),
    shredded_at: optionalTime(shreddedAt),
  })
}

function wrappingJson(wrapping: Wrapping) {
  return wrapping.kind === 'root_key' ? { root_key_version: wrapping.version } : { kms_key_arn: wrapping.arn }
}

export const rootKeySchema = z.object({ version: z.int() })
