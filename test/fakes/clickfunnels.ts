// ClickFunnels in memory, behind the two ports. A script can take the place of any answer, once or for good.

import { codeChallenge } from '#domain/hash.ts'
import type {
  AuthorizationServer,
  ClientCredentials,
  TokenOutcome,
} from '#domain/provider/authorization-server.ts'
import type { IssuerPromise } from '#domain/provider/issuer.ts'
import type {
  ProbeOutcome,
  ResourceServer,
  UpstreamRequest,
  UpstreamResponse,
} from '#domain/provider/resource-server.ts'
import type { TokenIdentity } from '#domain/provider/token-identity.ts'
import type { Workspace } from '#domain/provider/workspace.ts'
import { Secret } from '#domain/secret.ts'
import type { Clock } from '#domain/time.ts'
import { ACME, type TokenRow, TokenRows } from './tokens.ts'

interface Answers {
  exchangeCode: TokenOutcome
  refresh: TokenOutcome
  revoke: 'done' | 'client_refused' | 'failed'
  call: UpstreamResponse
  probe: ProbeOutcome
  identify: TokenIdentity
  issuerPromise: IssuerPromise
}
export type Method = keyof Answers
/** An answer, or what happens around the real work. */
type Step<M extends Method> = Answers[M] | ((work: () => Promise<Answers[M]>) => Promise<Answers[M]>)

interface Code {
  readonly clientId: string
  readonly redirectUri: string
  readonly challenge: string
  readonly workspace: Workspace
}

export class FakeClickFunnels implements AuthorizationServer, ResourceServer {
  readonly tokens: TokenRows
  /** Whether token responses name the workspace. */
  extras = true
  readonly requests: UpstreamRequest[] = []
  /** The authorization server's metadata: with or without the promise of RFC 9207, absent, or unreadable. */
  metadata: 'promising' | 'silent' | 'absent' | 'unreadable' = 'silent'
  readonly counts: Record<Method, number> = {
    exchangeCode: 0,
    refresh: 0,
    revoke: 0,
    call: 0,
    probe: 0,
    identify: 0,
    issuerPromise: 0,
  }
  readonly #random: (size: number) => Uint8Array
  readonly #clients = new Map<string, readonly string[]>()
  readonly #codes = new Map<string, Code>()
  readonly #scripts = new Map<Method, unknown[]>()
  readonly #standing = new Map<Method, unknown>()

  constructor(now: Clock, random: (size: number) => Uint8Array) {
    this.#random = random
    this.tokens = new TokenRows(now, () => this.#text())
  }

  registerClient(clientId: string, ...secrets: readonly string[]): void {
    this.#clients.set(clientId, secrets)
  }

  /** Sets the next answers of a method, in this order. */
  script<M extends Method>(method: M, ...steps: readonly Step<M>[]): void {
    this.#scripts.set(method, [...(this.#scripts.get(method) ?? []), ...steps])
  }

  /** Sets every answer of a method that has no script; without `answer` the real ones again. */
  always<M extends Method>(method: M, step?: Step<M>): void {
    if (step === undefined) this.#standing.delete(method)
    else this.#standing.set(method, step)
  }

  /** The end user approves an authorization request; gives what comes back with the browser. */
  approve(location: string, workspace: Workspace = ACME): { code: string; state: string } {
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
      return this.granted(this.tokens.issue(code.workspace))
    })
  }

  refresh(client: ClientCredentials, refreshToken: Secret): Promise<TokenOutcome> {
    return this.#answer('refresh', async () => {
      // The token is checked before the client, so a dead token ends in invalid_grant for every client.
      const row = this.tokens.refreshable(refreshToken.reveal())
      if (row === undefined) return { outcome: 'grant_refused', error: 'invalid_grant' }
      if (!this.#knows(client)) return { outcome: 'client_refused', error: 'invalid_client' }
      return this.granted(this.tokens.refresh(row))
    })
  }

  revoke(client: ClientCredentials, token: Secret): Promise<'done' | 'client_refused' | 'failed'> {
    return this.#answer('revoke', async () => {
      const row = this.tokens.find(token.reveal())
      if (row === undefined) return 'done'
      if (!this.#knows(client)) return 'client_refused'
      row.revoked = true
      return 'done'
    })
  }

  call(request: UpstreamRequest): Promise<UpstreamResponse> {
    this.requests.push(request)
    return this.#answer('call', async () => {
      const row = this.tokens.present(request.accessToken.reveal())
      return row ? answer(200, { ok: true }) : answer(401, { error: 'Invalid token or no user signed in' })
    })
  }

  probe(accessToken: Secret): Promise<ProbeOutcome> {
    return this.#answer('probe', async () => {
      const row = this.tokens.present(accessToken.reveal())
      return row ? { outcome: 'alive', workspace: row.workspace } : { outcome: 'rejected' }
    })
  }

  identify(accessToken: Secret): Promise<TokenIdentity> {
    return this.#answer('identify', async () => {
      const row = this.tokens.present(accessToken.reveal())
      return row ? { outcome: 'alive', workspace: row.workspace } : { outcome: 'rejected' }
    })
  }

  issuerPromise(): Promise<IssuerPromise> {
    return this.#answer('issuerPromise', async () => {
      if (this.metadata === 'unreadable') return { outcome: 'unknown', detail: 'status 500' }
      return { outcome: this.metadata === 'promising' ? 'made' : 'not_made' }
    })
  }

  granted({ accessToken, refreshToken, workspace }: TokenRow): TokenOutcome & { outcome: 'granted' } {
    return {
      outcome: 'granted',
      tokens: {
        accessToken: new Secret(accessToken),
        ...(refreshToken !== undefined && { refreshToken: new Secret(refreshToken) }),
        expiresInSeconds: this.tokens.lifetimeSeconds,
        scopes: ['admin', 'read'],
        workspace: this.extras ? workspace : {},
      },
    }
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

/** An answer of the API. */
export function answer(
  status: number,
  body: unknown,
  headers: UpstreamResponse['headers'] = [['content-type', 'application/json']],
): UpstreamResponse {
  return { status, headers, body: Buffer.from(JSON.stringify(body)) }
}
