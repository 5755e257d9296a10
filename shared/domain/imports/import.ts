// An import brings tokens that another system holds. What is given for each connection, and what becomes of it. A token counts only
// once ClickFunnels has accepted it, and the workspace is the one that ClickFunnels names (docs/adr/0035).
import type { App } from '../apps/app.ts'
import type { Caller } from '../callers/caller.ts'
import { sha256 } from '../hash.ts'
import type { ConnectionId } from '../ids.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { Workspace } from '../provider/workspace.ts'
import type { Secret } from '../secret.ts'
import type { Tags } from '../tenants/annotations.ts'
import type { EndUser, Tenant } from '../tenants/tenant.ts'
import type { Deadline, EpochSeconds } from '../time.ts'
import type { Sealer } from '../vault/vault.ts'

/** The most items of one request. */
export const MAX_IMPORT_ITEMS = 100

export interface ImportItem {
  readonly endUser: EndUser
  readonly accessToken: Secret
  readonly refreshToken?: Secret
  /** When the access token expires. Absent if the other system does not know. */
  readonly expiresAt?: EpochSeconds
  readonly tags?: Tags
}

/** imported: a new connection. updated: there was one. dead: 401. unclear: try again. refused: trying again would not help. */
export const IMPORT_STATUSES = ['imported', 'updated', 'dead', 'unclear', 'refused'] as const
export type ImportStatus = (typeof IMPORT_STATUSES)[number]

export interface ImportResult {
  readonly status: ImportStatus
  readonly connectionId?: ConnectionId
  /** The secret of a connect link, with which the end user can connect anew. */
  readonly linkSecret?: Secret
  /** A sentence for people, without any part of a token. */
  readonly detail?: string
}

/** One request. */
export interface ImportRun {
  readonly caller: Caller
  /** As it was when the request came. The caller's may be a minute old. */
  readonly tenant: Tenant
  readonly app: App
  /** Absent in a dry run, which stores nothing. */
  readonly sealer: Sealer | undefined
  readonly deadline: Deadline
  /** What a dry run would have imported by now, by {@link placeOf}. */
  readonly foreseen: Set<string>
}

export function refused(detail: string): ImportResult {
  return { status: 'refused', detail }
}

/** The end user and the workspace, which together name one connection of an app. */
export function placeOf({ endUser }: ImportItem, { id }: Workspace): string {
  return JSON.stringify([endUser.id, id])
}

/**
 * By this, an import recognizes a token that it brought before, also when ClickFunnels does not accept it any more. It is a SHA-256 over
 * the token and where it belongs, so it says nothing about the token.
 */
export function fingerprintOf({ tenant, app }: ImportRun, { endUser, accessToken }: ImportItem): string {
  return sha256(JSON.stringify([tenant.id, app.id, endUser.id, accessToken.reveal()]))
}

/** The tokens as a token response would have brought them. An expiry that has passed is no expiry: ClickFunnels accepted the token. */
export function tokensOf(item: ImportItem, workspace: Workspace, now: EpochSeconds): TokenSet {
  const { accessToken, refreshToken, expiresAt } = item
  return {
    accessToken,
    ...(refreshToken && { refreshToken }),
    ...(expiresAt !== undefined && expiresAt > now && { expiresInSeconds: expiresAt - now }),
    scopes: [],
    workspace,
  }
}
