// Tokens as Doorkeeper stores them: one row holds an access token and its refresh token.

import type { WorkspaceId } from '#domain/ids.ts'
import type { Workspace } from '#domain/provider/workspace.ts'
import { type Clock, type EpochSeconds, later } from '#domain/time.ts'

export const ACME = {
  id: '20417' as WorkspaceId,
  name: 'Acme',
  host: 'acme.myclickfunnels.com',
  teamId: '7',
  teamName: 'Acme Inc.',
} as const

export interface TokenRow {
  readonly accessToken: string
  readonly refreshToken?: string
  readonly workspace: Workspace
  readonly parent?: TokenRow
  readonly expiresAt?: EpochSeconds
  revoked: boolean
}

export class TokenRows {
  /** strict: a refresh kills the old tokens at once; rotating: the first use of the new access token does. */
  mode: 'non_expiring' | 'rotating' | 'strict' = 'non_expiring'
  lifetimeSeconds = 7200
  readonly rows: TokenRow[] = []
  /** By access token and by refresh token, for tests with thousands of rows. */
  readonly #byToken = new Map<string, TokenRow>()
  readonly #now: Clock
  readonly #text: () => string

  constructor(now: Clock, text: () => string) {
    this.#now = now
    this.#text = text
  }

  issue(workspace: Workspace, parent?: TokenRow): TokenRow {
    const expiring = this.mode !== 'non_expiring'
    const row: TokenRow = {
      accessToken: `access-${this.#text()}`,
      ...(expiring && { refreshToken: `refresh-${this.#text()}` }),
      ...(expiring && { expiresAt: later(this.#now(), this.lifetimeSeconds) }),
      ...(parent && { parent }),
      workspace,
      revoked: false,
    }
    this.rows.push(row)
    for (const token of [row.accessToken, row.refreshToken]) if (token) this.#byToken.set(token, row)
    return row
  }

  find(token: string): TokenRow | undefined {
    return this.#byToken.get(token)
  }

  /** Uses an access token; gives nothing when it is dead. */
  present(accessToken: string): TokenRow | undefined {
    const row = this.find(accessToken)
    if (row?.accessToken !== accessToken || !this.#lives(row)) return undefined
    if (row.parent !== undefined) row.parent.revoked = true
    return row
  }

  /** The row of a refresh token that still works. */
  refreshable(refreshToken: string): TokenRow | undefined {
    const row = this.find(refreshToken)
    return row?.refreshToken === refreshToken && !row.revoked ? row : undefined
  }

  /** The successor of a row. */
  refresh(row: TokenRow): TokenRow {
    if (this.mode === 'strict') row.revoked = true
    return this.issue(row.workspace, row)
  }

  /** The rows whose access token would work now. */
  live(): readonly TokenRow[] {
    return this.rows.filter((row) => this.#lives(row))
  }

  #lives({ revoked, expiresAt }: TokenRow): boolean {
    return !revoked && (expiresAt === undefined || expiresAt > this.#now())
  }
}
