// ClickFunnels in memory: its token, revocation and API endpoints. What it does with a request does not depend on the
// process that sent it; only its answers get lost on the way (line.ts).
import { createHash } from 'node:crypto'
import type { Chance } from '../chance.ts'
import type { ProviderRequest } from '../socket.ts'
import type { Owner } from '../timeline.ts'
import {
  type Answer,
  FORBIDDEN,
  INVALID_CLIENT,
  INVALID_GRANT,
  json,
  NOT_FOUND,
  oddGrant,
  tokenMembers,
  UNAUTHORIZED,
  UNAVAILABLE,
  workspaceMembers,
} from './answers.ts'
import { type Row, Rows, type TokenMode } from './rows.ts'

/** How `GET /me` answers at this provider, in good times as in bad ones. */
export type MePersona = 'truth' | 'absent' | 'forbidden' | 'unavailable' | 'page'

export interface Grant {
  readonly code: string
  readonly workspace: string
  readonly challenge: string
}

/** One call of the API that changes something: a POST with a body of its own. */
export interface Deed {
  readonly body: string
  times: number
}

export interface Hooks {
  /** A pair was issued for a request. */
  readonly onIssued: (row: Row) => void
}

export class ClickFunnels {
  readonly rows: Rows
  /** Refresh tokens that a fault refused. */
  readonly falselyRefused = new Set<string>()
  readonly me: MePersona
  readonly deeds = new Map<string, Deed>()
  /** The client secrets that it accepts. */
  readonly secrets: Set<string>
  readonly #grants = new Map<string, Grant>()
  readonly #now: () => number
  readonly #hooks: Hooks
  readonly #revokesExpired: boolean

  constructor(
    { mode, lifetime, me, revokesExpired = true, rows = [] }: ProviderSettings,
    secrets: readonly string[],
    now: () => number,
    chance: Chance,
    hooks: Hooks,
  ) {
    this.rows = new Rows(mode, lifetime, now, chance, rows)
    this.me = me
    this.secrets = new Set(secrets)
    this.#now = now
    this.#hooks = hooks
    this.#revokesExpired = revokesExpired
  }

  /** The end user agrees: what the authorization endpoint would send back. */
  authorize(location: string, workspace: string, code: string): URL {
    const asked = new URL(location).searchParams
    const back = new URL(asked.get('redirect_uri') ?? '')
    this.#grants.set(code, { code, workspace, challenge: asked.get('code_challenge') ?? '' })
    back.searchParams.set('code', code)
    back.searchParams.set('state', asked.get('state') ?? '')
    return back
  }

  /** @param odd grants with odd members */
  /** A fault refuses a refresh token, which may be a living one. */
  noteFalseRefusal({ body }: ProviderRequest): void {
    this.falselyRefused.add(new URLSearchParams(body).get('refresh_token') ?? '')
  }

  token(request: ProviderRequest, to: Owner | undefined, odd?: Chance): Answer {
    const form = new URLSearchParams(request.body)
    if (!this.secrets.has(form.get('client_secret') ?? '')) return INVALID_CLIENT
    const row =
      form.get('grant_type') === 'refresh_token'
        ? this.rows.refresh(form.get('refresh_token') ?? '', to)
        : this.#exchange(form, to)
    if (row === undefined) return INVALID_GRANT
    this.#hooks.onIssued(row)
    return odd ? oddGrant(row, this.#now(), odd) : { ...json(200, tokenMembers(row, this.#now())), row }
  }

  revoke(request: ProviderRequest): Answer {
    const form = new URLSearchParams(request.body)
    if (!this.secrets.has(form.get('client_secret') ?? '')) return json(403, { error: 'unauthorized_client' })
    const row = this.rows.find(form.get('token') ?? '')
    if (row && (this.#revokesExpired || this.rows.works(row))) row.revoked = true
    return json(200, {})
  }

  answerMe(request: ProviderRequest): Answer {
    switch (this.me) {
      case 'absent':
        return NOT_FOUND
      case 'forbidden':
        return FORBIDDEN
      case 'unavailable':
        return UNAVAILABLE
      case 'page':
        return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }
      case 'truth': {
        const row = this.rows.use(bearerOf(request))
        return row ? json(200, { id: 5, connected_workspace: workspaceMembers(row.workspace) }) : UNAUTHORIZED
      }
    }
  }

  api(request: ProviderRequest): Answer {
    if (this.rows.use(bearerOf(request)) === undefined) return UNAUTHORIZED
    if (request.method === 'GET') return json(200, [{ id: 1, name: 'Funnel' }])
    const deed = this.deeds.get(request.body) ?? { body: request.body, times: 0 }
    deed.times += 1
    this.deeds.set(request.body, deed)
    return json(201, { id: this.deeds.size })
  }

  #exchange(form: URLSearchParams, to: Owner | undefined): Row | undefined {
    const grant = this.#grants.get(form.get('code') ?? '')
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    if (grant === undefined || grant.challenge !== challenge) return undefined
    this.#grants.delete(grant.code)
    return this.rows.issue(grant.workspace, to)
  }
}

export interface ProviderSettings {
  readonly mode: TokenMode
  /** Of an access token, in milliseconds. */
  readonly lifetime: number
  readonly me: MePersona
  /** Doorkeeper before 5.8.1 answers 200 to the revocation of an expired token, and does nothing. */
  readonly revokesExpired?: boolean
  readonly rows?: readonly Row[]
}

export function bearerOf({ headers }: ProviderRequest): string {
  return (headers.authorization ?? '').replace('Bearer ', '')
}
