// Doorkeeper's rules for access and refresh tokens, as measured on Doorkeeper itself. No HTTP, and the caller gives the
// time. One row has an access token and its refresh token, so revoking one revokes both.
import { randomBytes } from 'node:crypto'
import type { Kept } from '../journal.ts'

/**
 * - `non_expiring`: as ClickFunnels today. There is no refresh token; the access token is valid until it is revoked.
 * - `rotating`: Doorkeeper with the `previous_refresh_token` column, its default.
 * - `strict`: Doorkeeper without that column.
 */
export type TokenMode = 'non_expiring' | 'rotating' | 'strict'
export type TokenState = 'live' | 'expired' | 'revoked'
export type GrantType = 'authorization_code' | 'refresh_token'

export interface AccessTokenRow {
  readonly id: number
  readonly clientId: string
  readonly workspaceId: number
  readonly scope: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly grantType: GrantType
  readonly parentId: number | undefined
  readonly createdAt: number
  /** Apart from `expiresAt`, because a refreshed token inherits the whole lifetime, however old its parent is. */
  readonly lifetimeSeconds: number | undefined
  expiresAt: number | undefined
  revokedAt: number | undefined
  /** Doorkeeper's column of this name. It is cleared once the row's token was presented and its parent revoked. */
  previousRefreshToken: string | undefined
  presented: boolean
}

export interface Issue {
  readonly clientId: string
  readonly workspaceId: number
  readonly scope: string
  readonly mode: TokenMode
  readonly lifetimeSeconds: number
}

export class AccessTokens {
  readonly #now: () => number
  readonly #kept: Kept<AccessTokenRow>
  readonly #rows: AccessTokenRow[] = []
  readonly #byAccessToken = new Map<string, AccessTokenRow>()
  readonly #byRefreshToken = new Map<string, AccessTokenRow>()

  constructor(now: () => number, kept: Kept<AccessTokenRow>) {
    this.#now = now
    this.#kept = kept
    for (const row of kept.all()) this.#add(row)
  }

  all(): readonly AccessTokenRow[] {
    return this.#rows
  }

  /** Issues the first token of an authorization. */
  issue(issue: Issue): AccessTokenRow {
    const refreshes = issue.mode !== 'non_expiring'
    return this.#insert({
      clientId: issue.clientId,
      workspaceId: issue.workspaceId,
      scope: issue.scope,
      refreshToken: refreshes ? opaqueToken() : undefined,
      grantType: 'authorization_code',
      parentId: undefined,
      lifetimeSeconds: refreshes ? issue.lifetimeSeconds : undefined,
      previousRefreshToken: undefined,
    })
  }

  /** The row of a refresh token that can still be used. Its access token may have expired. */
  refreshable(refreshToken: string): AccessTokenRow | undefined {
    const row = this.findByRefreshToken(refreshToken)
    return row !== undefined && row.revokedAt === undefined ? row : undefined
  }

  /**
   * Exchanges the refresh token of `parent` for a new pair.
   *
   * With the column, nothing is revoked here. So concurrent refreshes and a retry after a lost answer all succeed, each
   * with its own pair. Without the column, the parent is revoked in the same transaction.
   */
  refresh(parent: AccessTokenRow, mode: TokenMode, scope: string = parent.scope): AccessTokenRow {
    if (mode === 'strict') this.revoke(parent)
    return this.#insert({
      clientId: parent.clientId,
      workspaceId: parent.workspaceId,
      scope,
      refreshToken: opaqueToken(),
      grantType: 'refresh_token',
      parentId: parent.id,
      lifetimeSeconds: parent.lifetimeSeconds,
      previousRefreshToken: mode === 'strict' ? undefined : parent.refreshToken,
    })
  }

  /**
   * Looks up a presented access token. Doorkeeper revokes the direct parent at this moment, before it knows whether the
   * token is live or the request succeeds. It does not revoke grandparents and siblings.
   */
  present(accessToken: string): AccessTokenRow | undefined {
    const row = this.findByAccessToken(accessToken)
    if (row === undefined) return undefined
    if (row.previousRefreshToken !== undefined) {
      const parent = this.findByRefreshToken(row.previousRefreshToken)
      if (parent !== undefined) this.revoke(parent)
    } else if (row.presented) {
      return row
    }
    row.presented = true
    row.previousRefreshToken = undefined
    this.#keep(row)
    return row
  }

  /** Revokes a row. A second time changes nothing. Other rows of the same authorization are not affected. */
  revoke(row: AccessTokenRow): void {
    row.revokedAt ??= this.#now()
    this.#keep(row)
  }

  /** Expires the access token of a row now. Its refresh token stays valid. */
  expire(row: AccessTokenRow): void {
    row.expiresAt = this.#now() - 1
    this.#keep(row)
  }

  state(row: AccessTokenRow): TokenState {
    if (row.revokedAt !== undefined) return 'revoked'
    return row.expiresAt !== undefined && this.#now() > row.expiresAt ? 'expired' : 'live'
  }

  findByAccessToken(accessToken: string): AccessTokenRow | undefined {
    return this.#byAccessToken.get(accessToken)
  }

  findByRefreshToken(refreshToken: string): AccessTokenRow | undefined {
    return this.#byRefreshToken.get(refreshToken)
  }

  #insert(
    values: Omit<
      AccessTokenRow,
      'id' | 'accessToken' | 'createdAt' | 'expiresAt' | 'revokedAt' | 'presented'
    >,
  ): AccessTokenRow {
    const createdAt = this.#now()
    const row: AccessTokenRow = {
      ...values,
      id: this.#rows.length + 1,
      accessToken: opaqueToken(),
      createdAt,
      expiresAt: values.lifetimeSeconds === undefined ? undefined : createdAt + values.lifetimeSeconds * 1000,
      revokedAt: undefined,
      presented: false,
    }
    this.#add(row)
    this.#keep(row)
    return row
  }

  #add(row: AccessTokenRow): void {
    this.#rows.push(row)
    this.#byAccessToken.set(row.accessToken, row)
    if (row.refreshToken !== undefined) this.#byRefreshToken.set(row.refreshToken, row)
  }

  #keep(row: AccessTokenRow): void {
    this.#kept.put(row.id, row)
  }
}

/** 43 URL-safe characters, like those of Doorkeeper's generator. */
export function opaqueToken(): string {
  return randomBytes(32).toString('base64url')
}
