// A page of an export: how it is ordered, and what became of each connection.
import type { ConnectionId } from '../ids.ts'
import type { EpochSeconds } from '../time.ts'

export const MAX_EXPORTED = 50

export const EXPORT_STATUSES = ['exported', 'no_tokens', 'unreadable', 'busy'] as const

/**
 * no_tokens: ClickFunnels has refused the tokens for good, so there are none worth having. unreadable: the tokens cannot be
 * decrypted. busy: a refresh is under way, or its result may still arrive; ask again.
 */
export interface ExportedItem {
  readonly connectionId: ConnectionId
  readonly status: (typeof EXPORT_STATUSES)[number]
  readonly jwe?: string
  /** A refresh got no answer, so the refresh token may be spent. */
  readonly uncertain?: true
}

export interface ExportPage {
  readonly thumbprint: string
  /** Since when the tenant is suspended. Two pages with different ones: it was active in between. */
  readonly suspendedAt: EpochSeconds
  readonly items: readonly ExportedItem[]
  /** Where the next page starts. Absent after the last one. */
  readonly next?: ConnectionId
}

/** Either a page, newest first, or these connections. */
export type ExportOrder =
  | { readonly limit: number; readonly after?: ConnectionId }
  | { readonly ids: readonly ConnectionId[] }

/** How many connections have each status. */
export function countsOf(items: readonly ExportedItem[]): Readonly<Record<string, number>> {
  const counts = EXPORT_STATUSES.map((status) => [
    status,
    items.filter((item) => item.status === status).length,
  ])
  return Object.fromEntries(counts.filter(([, count]) => count !== 0))
}
