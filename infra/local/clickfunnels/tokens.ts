// Owns what Doorkeeper does with access and refresh tokens, as measured in "Refresh, if it applies" of
// clickfunnels.md. Pure: no HTTP, and time comes from outside. One row holds an access token and its
// refresh token, so revoking either kills both.
import { randomBytes } from 'node:crypto'
import type { Kept } from '../journal.ts'

/**
 * - `non_expiring`: what ClickFunnels does today; no refresh token, the access token lives until revoked.
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
  /** Kept apart from `expiresAt`: a refreshed token inherits this, however old its parent is. */
  readonly lifetimeSeconds: number | undefined
  expiresAt: number | undefined
  revokedAt: number | undefined
  /** The column of the same name: emptied once the row was presented and its parent revoked. */
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

  /** The row a refresh token may still be exchanged for; whether its access token expired does not matter. */
  refreshable(refreshToken: string): AccessTokenRow | undefined {
    const row = this.findByRefreshToken(refreshToken)
    return row !== undefined && row.revokedAt === undefined ? row : undefined
  }

  /**
   * Exchanges the refresh token of `parent` for a new pair.
   *
   * With the column nothing is revoked here, which is why N concurrent refreshes and a retry after a lost
   * answer all succeed, each with an independent pair. Without it the parent dies in the same transaction.
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
   * Looks up a presented access token. Doorkeeper revokes the direct parent at this moment, before it
   * knows whether the token is live or the request succeeds; grandparents and siblings are left alone.
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

  /** Marks a row revoked. A second time changes nothing, and nothing ever revokes the whole family. */
  revoke(row: AccessTokenRow): void {
    row.revokedAt ??= this.#now()
    this.#keep(row)
  }

  /** Lets the access token of a row expire now; its refresh token stays good. */
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

/** 43 url-safe characters, as Doorkeeper's generator makes them. */
export function opaqueToken(): string {
  return randomBytes(32).toString('base64url')
}
