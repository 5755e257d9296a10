// API keys on the wire, both ways. The key itself goes out once, when it is issued.
import * as z from 'zod/mini'
import type { ApiKey } from '#domain/callers/api-key.ts'
import { NAMED_SCOPES, SCOPES } from '#domain/callers/caller.ts'
import type { Secret } from '#domain/secret.ts'
import { DAY_SECONDS, type EpochSeconds, toRfc3339 } from '#domain/time.ts'
import { moment, optionalTime, text } from './fields.ts'
import { shaped } from './shaped.ts'

/** The scopes of a key that is created without any. */
const DEFAULT_SCOPES = SCOPES.filter((scope) => !NAMED_SCOPES.includes(scope))

const MAX_OVERLAP_SECONDS = 30 * DAY_SECONDS

const scopes = z.pipe(
  z.array(z.enum(SCOPES)).check(z.minLength(1), z.maxLength(SCOPES.length)),
  z.transform((given) => SCOPES.filter((scope) => given.includes(scope))),
)

/** A key without scopes has the default ones. */
export const newApiKeySchema = z.pipe(
  z.object({ name: text(128), scopes: z.optional(scopes), expires_at: z.optional(moment) }),
  z.transform(({ name, scopes: given, expires_at }) => ({
    name,
    scopes: given ?? [...DEFAULT_SCOPES],
    ...(expires_at !== undefined && { expiresAt: expires_at }),
  })),
)

export const rotationSchema = z.pipe(
  z.object({
    overlap_seconds: z._default(z.int().check(z.minimum(0), z.maximum(MAX_OVERLAP_SECONDS)), DAY_SECONDS),
    expires_at: z.optional(moment),
  }),
  z.transform(({ overlap_seconds, expires_at }) => ({
    overlapSeconds: overlap_seconds,
    ...(expires_at !== undefined && { expiresAt: expires_at }),
  })),
)

export const apiKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  api_key: z.optional(z.string()),
  hint: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  status: z.enum(['active', 'expired']),
  successor: z.optional(z.string()),
  created_at: z.string(),
  expires_at: z.optional(z.string()),
  last_used_at: z.optional(z.string()),
})

/** @param key the key itself, in the answer that issues it */
export function apiKeyJson(record: ApiKey, now: EpochSeconds, key?: Secret) {
  const { expiresAt, lastUsedAt } = record
  return shaped(apiKeySchema, {
    id: record.id,
    name: record.name,
    api_key: key?.reveal(),
    hint: record.hint,
    scopes: record.scopes,
    status: expiresAt !== undefined && expiresAt <= now ? 'expired' : 'active',
    successor: record.successor,
    created_at: toRfc3339(record.createdAt),
    expires_at: optionalTime(expiresAt),
    last_used_at: optionalTime(lastUsedAt),
  })
}
