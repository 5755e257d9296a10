// The key of an export on the wire. The function that takes it loads nothing of the export itself.
import * as z from 'zod/mini'
import type { ExportKey } from '#domain/exports/export-key.ts'
import { toRfc3339 } from '#domain/time.ts'
import { shaped } from '../shaped.ts'

/** The members of the key are judged by exports/public-key.ts. */
export const exportKeyRequestSchema = z.object({ public_key: z.record(z.string(), z.unknown()) })

export const exportKeySchema = z.object({ thumbprint: z.string(), expires_at: z.string() })

export function exportKeyJson({ thumbprint, expiresAt }: ExportKey) {
  return shaped(exportKeySchema, { thumbprint, expires_at: toRfc3339(expiresAt) })
}
