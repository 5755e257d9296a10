// The import of connections on the wire, both ways. Each item is parsed by itself, so that one that breaks a rule does not keep the
// others from being imported. What is said of it never repeats a value.
import * as z from 'zod/mini'
import {
  IMPORT_STATUSES,
  type ImportItem,
  type ImportResult,
  MAX_IMPORT_ITEMS,
} from '#domain/imports/import.ts'
import type { ImportRequest } from '#domain/imports/import-connections.ts'
import { Secret } from '#domain/secret.ts'
import { parseBody } from '../message/parse.ts'
import { annotationsIn, tags } from './annotations.ts'
import { endUser, id, moment } from './fields.ts'
import { shaped } from './shaped.ts'

/** Enough for 100 items with tokens and tags of usual size. */
export const MAX_IMPORT_BYTES = 1024 * 1024
const MAX_TOKEN_CHARACTERS = 4096

/** It becomes part of a header (RFC 6750 section 2.1). */
const token = z
  .string()
  .check(
    z.minLength(1, { abort: true }),
    z.maxLength(MAX_TOKEN_CHARACTERS, { abort: true }),
    z.regex(/^[\x21-\x7e]+$/, 'must have visible ASCII characters only'),
  )

const itemSchema = z.object({
  end_user: endUser,
  access_token: token,
  refresh_token: z.optional(token),
  expires_at: z.optional(moment),
  tags: z.optional(tags),
})

const ofItems = <S extends z.ZodMiniType>(item: S) =>
  z.object({
    app_id: z.optional(id('app')),
    dry_run: z.optional(z.boolean()),
    connections: z.array(item).check(z.minLength(1), z.maxLength(MAX_IMPORT_ITEMS)),
  })

/** The form of a request in which every item keeps the rules. */
export const importRequestSchema = ofItems(itemSchema)
const envelopeSchema = ofItems(z.unknown())

export const importResultsSchema = z.object({
  results: z.array(
    z.object({
      status: z.enum(IMPORT_STATUSES),
      connection_id: z.optional(z.string()),
      connect_url: z.optional(z.string()),
      detail: z.optional(z.string()),
    }),
  ),
})

/** @throws ServiceError validation_failed, for what is wrong outside the items */
export function importRequestIn(body: unknown): ImportRequest {
  const { app_id, dry_run = false, connections } = parseBody(envelopeSchema, body)
  return { ...(app_id && { appId: app_id }), dryRun: dry_run, items: connections.map(itemIn) }
}

function itemIn(given: unknown): ImportRequest['items'][number] {
  const parsed = z.safeParse(itemSchema, given)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${nameOf(path)} ${message}`)
    return { malformed: `${faults.join('; ')}.` }
  }
  return domainItem(parsed.data)
}

/** The name of a member of ours. Deeper down, the caller chooses the names. */
function nameOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'The item'
  return `"${(path[0] === 'tags' ? path.slice(0, 1) : path).join('/')}"`
}

function domainItem({
  end_user,
  access_token,
  refresh_token,
  expires_at,
  tags,
}: z.output<typeof itemSchema>) {
  const item: ImportItem = {
    endUser: {
      id: end_user.id,
      ...(end_user.display_name !== undefined && { displayName: end_user.display_name }),
    },
    accessToken: new Secret(access_token),
    ...(refresh_token !== undefined && { refreshToken: new Secret(refresh_token) }),
    ...(expires_at !== undefined && { expiresAt: expires_at }),
    ...annotationsIn({ tags }),
  }
  return item
}

export function importJson(results: readonly ImportResult[], publicUrl: string) {
  return shaped(importResultsSchema, {
    results: results.map(({ status, connectionId, linkSecret, detail }) => ({
      status,
      connection_id: connectionId,
      connect_url: linkSecret && `${publicUrl}/v1/authorize?session=${linkSecret.reveal()}`,
      detail,
    })),
  })
}

/** How many items had which status, for the audit trail: "dry run, 97 imported, 3 dead". */
export function importTally(results: readonly ImportResult[], { dryRun }: ImportRequest): string {
  const counts = IMPORT_STATUSES.map((status) => [
    status,
    results.filter((result) => result.status === status).length,
  ])
  const told = counts.filter(([, count]) => count !== 0).map(([status, count]) => `${count} ${status}`)
  return [...(dryRun ? ['dry run'] : []), ...told].join(', ')
}
