// Tokens as Doorkeeper stores them: one row holds an access token and its refresh token.
import type { Chance } from '../chance.ts'
import type { Owner } from '../timeline.ts'

/** strict: a refresh ends the old tokens at once. rotating: the first use of the new access token does. */
export type TokenMode = 'non_expiring' | 'rotating' | 'strict'

export interface Row {
  readonly name: string
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly workspace: string
  readonly parent: Row | undefined
  /** The process that asked for it. */
  readonly to: Owner | undefined
  /** Milliseconds of virtual time. */
  readonly issuedAt: number
  readonly expiresAt: number
  revoked: boolean
}

export class Rows {
  readonly all: Row[]
  readonly #mode: TokenMode
  readonly #lifetime: number
  readonly #now: () => number
  readonly #chance: Chance
  readonly #byToken = new Map<string, Row>()

  /** @param lifetime milliseconds */
  constructor(
    mode: TokenMode,
    lifetime: number,
    now: () => number,
    chance: Chance,
    rows: readonly Row[] = [],
  ) {
    this.#mode = mode
    this.#lifetime = lifetime
    this.#now = now
    this.#chance = chance
    this.all = rows.map((row) => ({ ...row }))
    for (const row of this.all) this.#index(row)
  }

  issue(workspace: string, to: Owner | undefined, parent?: Row): Row {
    const expiring = this.#mode !== 'non_expiring'
    const text = () => Buffer.from(this.#chance.bytes(24)).toString('base64url')
    const row: Row = {
      name: `pair ${this.all.length + 1}`,
      accessToken: text(),
      refreshToken: expiring ? text() : undefined,
      workspace,
      parent,
      to,
      issuedAt: this.#now(),
      expiresAt: expiring ? this.#now() + this.#lifetime : Number.POSITIVE_INFINITY,
      revoked: false,
    }
    this.all.push(row)
    this.#index(row)
    return row
  }

  find(token: string): Row | undefined {
    return this.#byToken.get(token)
  }

  /** Uses an access token; gives nothing when it does not work. */
  use(accessToken: string): Row | undefined {
    const row = this.#byToken.get(accessToken)
    if (row === undefined || row.accessToken !== accessToken || !this.works(row)) return undefined
    if (row.parent !== undefined) row.parent.revoked = true
    return row
  }

  /** The successor of the row of a refresh token, if that still works. */
  refresh(refreshToken: string, to: Owner | undefined): Row | undefined {
    const row = this.#byToken.get(refreshToken)
    if (row === undefined || row.refreshToken !== refreshToken || row.revoked) return undefined
    if (this.#mode === 'strict') row.revoked = true
    return this.issue(row.workspace, to, row)
  }

  works({ revoked, expiresAt }: Row): boolean {
    return !revoked && this.#now() < expiresAt
  }

  /** Whether the row could still be used by the holder of its tokens. */
  isLive(row: Row): boolean {
    return !row.revoked && (row.refreshToken !== undefined || this.works(row))
  }

  #index(row: Row): void {
    this.#byToken.set(row.accessToken, row)
    if (row.refreshToken !== undefined) this.#byToken.set(row.refreshToken, row)
  }
}
