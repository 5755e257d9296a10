// The provider's authorization server (RFC 6749): the requests to it, and every way in which they can end.
import type { Log } from '../ambient.ts'
import type { Secret } from '../secret.ts'
import type { Workspace } from './workspace.ts'

/** Tokens as the provider gave them (RFC 6749 section 5.1, with ClickFunnels' extras). */
export interface TokenSet {
  readonly accessToken: Secret
  readonly refreshToken?: Secret
  readonly expiresInSeconds?: number
  readonly scopes: readonly string[]
  readonly workspace: Workspace
  /** Members of the answer that are not as RFC 6749 has them. The tokens are kept all the same; the log names them. */
  readonly oddities?: readonly string[]
}

/** Every way a token request can end. */
export type TokenOutcome =
  | { readonly outcome: 'granted'; readonly tokens: TokenSet }
  /** invalid_grant and the other verdicts on the grant itself. */
  | { readonly outcome: 'grant_refused'; readonly error: string; readonly status?: number }
  /** invalid_client, unauthorized_client: the app's fault, not the grant's. */
  | { readonly outcome: 'client_refused'; readonly error: string; readonly status?: number }
  | { readonly outcome: 'rate_limited'; readonly retryAfterSeconds?: number }
  | { readonly outcome: 'provider_down'; readonly detail: string; readonly status?: number }
  /** The connection broke. The request may have been carried out, and is over. */
  | { readonly outcome: 'answer_lost'; readonly detail: string }
  /** No answer came within the deadline. The request may still be under way. */
  | { readonly outcome: 'answer_late'; readonly detail: string }
  | { readonly outcome: 'malformed'; readonly detail: string }

export interface ClientCredentials {
  readonly clientId: string
  readonly clientSecret: Secret
}

export interface AuthorizationServer {
  exchangeCode(
    client: ClientCredentials,
    grant: { readonly code: Secret; readonly codeVerifier: Secret; readonly redirectUri: string },
  ): Promise<TokenOutcome>
  /** @param seconds how long to wait for the answer; by default 10 */
  refresh(client: ClientCredentials, refreshToken: Secret, seconds?: number): Promise<TokenOutcome>
  /** Revokes a token (RFC 7009). "done" also if the server does not know the token, or cannot revoke tokens at all. */
  revoke(
    client: ClientCredentials,
    token: Secret,
    hint: 'access_token' | 'refresh_token',
  ): Promise<'done' | 'client_refused' | 'failed'>
}

/** Logs which members of a token answer were not as RFC 6749 has them, and for what; never a value. */
export function logOddities(log: Log, { oddities }: TokenSet, of: Readonly<Record<string, string>>): void {
  if (oddities !== undefined)
    log.warn('A token answer had odd members; its tokens were kept', { ...of, oddities })
}
