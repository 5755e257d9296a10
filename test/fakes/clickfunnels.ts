// ClickFunnels in memory, behind the two ports: tokens behave as Doorkeeper's do (both modes of its rotation, and tokens
// that never expire). A script can take the place of any answer, once or for good.
import { codeChallenge } from '#domain/hash.ts'
import type { WorkspaceId } from '#domain/ids.ts'
import type {
  AuthorizationServer,
  ClientCredentials,
  ProbeOutcome,
  ResourceServer,
  TokenOutcome,
  UpstreamRequest,
  UpstreamResponse,
} from '#domain/ports.ts'
import { Secret } from '#domain/secret.ts'
import type { Clock, EpochSeconds } from '#domain/time.ts'
import { later } from '#domain/time.ts'

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
  readonly clientId: string
  readonly workspace: ProbeWorkspace
  readonly parent?: TokenRow
  readonly expiresAt?: EpochSeconds
  revoked: boolean
  presented: boolean
}

type ProbeWorkspace = Extract<ProbeOutcome, { outcome: 'alive' }>['workspace']
type Code = { clientId: string; redirectUri: string; challenge: string; workspace: ProbeWorkspace }

interface Answers {
  exchangeCode: TokenOutcome
  refresh: TokenOutcome
  revoke: 'done' | 'client_refused' | 'failed'
  call: UpstreamResponse
  probe: ProbeOutcome
}
export type Method = keyof Answers
/** An answer, or what happens around the real work. */
type Step<M extends Method> = Answers[M] | ((work: () => Promise<Answers[M]>) => Promise<Answers[M]>)

export class FakeClickFunnels implements AuthorizationServer, ResourceServer {
  /** How tokens are issued from now on. */
  mode: 'non_expiring' | 'rotating' | 'strict' = 'non_expiring'
  lifetimeSeconds = 7200
  /** Whether token responses name the workspace. */
  extras = true
  readonly rows: TokenRow[] = []
  readonly requests: UpstreamRequest[] = []
  readonly counts: Record<Method, number> = { exchangeCode: 0, refresh: 0, revoke: 0, call: 0, probe: 0 }
  readonly #now: Clock
  readonly #random: (size: number) => Uint8Array
  readonly #clients = new Map<string, readonly string[]>()
  readonly #codes = new Map<string, Code>()
  readonly #scripts = new Map<Method, Step<never>[]>()
  readonly #standing = new Map<Method, Step<never>>()

  constructor(now: Clock, random: (size: number) => Uint8Array) {
    this.#now = now
    this.#random = random
  }

  registerClient(clientId: string, ...secrets: readonly string[]): void {
    this.#clients.set(clientId, secrets)
  }

  /** The next answers of a method, in this order. */
  script<M extends Method>(method: M, ...steps: readonly Step<M>[]): void {
    this.#scripts.set(method, [...(this.#scripts.get(method) ?? []), ...(steps as readonly Step<never>[])])
  }

  /** Every answer of a method from now on, unless a script says otherwise; nothing ends that. */
  always<M extends Method>(method: M, step?: Step<M>): void {
    if (step === undefined) this.#standing.delete(method)
    else this.#standing.set(method, step as Step<never>)
  }

  /** The end user approves an authorization request; gives what comes back with the browser. */
  approve(location: string, workspace: ProbeWorkspace = ACME): { code: string; state: string } {
    const query = new URL(location).searchParams
    const code = `code-${this.#text()}`
    this.#codes.set(code, {
      clientId: query.get('client_id') ?? '',
      redirectUri: query.get('redirect_uri') ?? '',
      challenge: query.get('code_challenge') ?? '',
      workspace,
    })
    return { code, state: query.get('state') ?? '' }
  }

  issue(clientId: string, workspace: ProbeWorkspace, parent?: TokenRow): TokenRow {
    const expiring = this.mode !== 'non_expiring'
    const row: TokenRow = {
      accessToken: `access-${this.#text()}`,
      ...(expiring && { refreshToken: `refresh-${this.#text()}` }),
      ...(expiring && { expiresAt: later(this.#now(), this.lifetimeSeconds) }),
      ...(parent && { parent }),
      clientId,
      workspace,
      revoked: false,
      presented: false,
    }
    this.rows.push(row)
    return row
  }

  exchangeCode(
    client: ClientCredentials,
    grant: { readonly code: Secret; readonly codeVerifier: Secret; readonly redirectUri: string },
  ): Promise<TokenOutcome> {
    return this.#answer('exchangeCode', async () => {
      if (!this.#knows(client)) return { outcome: 'client_refused', error: 'invalid_client' }
      const code = this.#codes.get(grant.code.reveal())
      const fits =
        code?.clientId === client.clientId &&
        code.redirectUri === grant.redirectUri &&
        code.challenge === codeChallenge(grant.codeVerifier.reveal())
      if (!fits) return { outcome: 'grant_refused', error: 'invalid_grant' }
      this.#codes.delete(grant.code.reveal())
      return this.#granted(this.issue(client.clientId, code.workspace))
    })
  }

  refresh(client: ClientCredentials, refreshToken: Secret): Promise<TokenOutcome> {
    return this.#answer('refresh', async () => {
      const row = this.rows.find((candidate) => candidate.refreshToken === refreshToken.reveal())
      if (row === undefined || row.revoked) return { outcome: 'grant_refused', error: 'invalid_grant' }
      if (!this.#knows(client)) return { outcome: 'client_refused', error: 'invalid_client' }
      if (this.mode === 'strict') row.revoked = true
      return this.#granted(this.issue(client.clientId, row.workspace, row))
    })
  }

  revoke(client: ClientCredentials, token: Secret): Promise<'done' | 'client_refused' | 'failed'> {
    return this.#answer('revoke', async () => {
      const text = token.reveal()
      const row = this.rows.find(({ accessToken, refreshToken }) =>
        [accessToken, refreshToken].includes(text),
      )
      if (row === undefined) return 'done'
      if (!this.#knows(client)) return 'client_refused'
      row.revoked = true
      return 'done'
    })
  }

  call(request: UpstreamRequest): Promise<UpstreamResponse> {
    this.requests.push(request)
    return this.#answer('call', async () => {
      if (this.#present(request.accessToken) === undefined) return answer(401, { error: 'Invalid token' })
      return answer(200, { path: new URL(request.url).pathname })
    })
  }

  probe(accessToken: Secret): Promise<ProbeOutcome> {
    return this.#answer('probe', async () => {
      const row = this.#present(accessToken)
      return row ? { outcome: 'alive', workspace: row.workspace } : { outcome: 'rejected' }
    })
  }

  /** The tokens that would work now. */
  live(): readonly TokenRow[] {
    return this.rows.filter((row) => this.#lives(row))
  }

  #granted({ accessToken, refreshToken, workspace }: TokenRow): TokenOutcome {
    return {
      outcome: 'granted',
      tokens: {
        accessToken: new Secret(accessToken),
        ...(refreshToken !== undefined && { refreshToken: new Secret(refreshToken) }),
        expiresInSeconds: this.lifetimeSeconds,
        scopes: ['admin', 'read'],
        workspace: this.extras ? workspace : {},
      },
    }
  }

  /** With Doorkeeper's column, the old tokens die when the new access token is first used. */
  #present(accessToken: Secret): TokenRow | undefined {
    const row = this.rows.find((candidate) => candidate.accessToken === accessToken.reveal())
    if (row === undefined || !this.#lives(row)) return undefined
    row.presented = true
    if (row.parent !== undefined) row.parent.revoked = true
    return row
  }

  #lives({ revoked, expiresAt }: TokenRow): boolean {
    return !revoked && (expiresAt === undefined || expiresAt > this.#now())
  }

  #knows({ clientId, clientSecret }: ClientCredentials): boolean {
    return this.#clients.get(clientId)?.includes(clientSecret.reveal()) === true
  }

  async #answer<M extends Method>(method: M, work: () => Promise<Answers[M]>): Promise<Answers[M]> {
    this.counts[method] += 1
    const step = (this.#scripts.get(method)?.shift() ?? this.#standing.get(method)) as Step<M> | undefined
    if (step === undefined) return work()
    return typeof step === 'function' ? step(work) : (step as Answers[M])
  }

  #text(): string {
    return Buffer.from(this.#random(16)).toString('hex')
  }
}

export function answer(
  status: number,
  body: unknown,
  headers: UpstreamResponse['headers'] = [['content-type', 'application/json']],
): UpstreamResponse {
  return { status, headers, body: Buffer.from(JSON.stringify(body)) }
}
