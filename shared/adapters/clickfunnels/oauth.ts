// ClickFunnels' token and revocation endpoints (RFC 6749 sections 4.1.3 and 6, RFC 7009). oauth4webapi implements the
// protocol. This file sends its requests with our client and names every way they can end. Of a response that grants
// nothing, only `error` is passed on, because a malformed body may contain a token.
import * as oauth from 'oauth4webapi'
import type {
  AuthorizationServer,
  ClientCredentials,
  TokenOutcome,
} from '#domain/provider/authorization-server.ts'
import type { ProviderProfile } from '#domain/provider/profile.ts'
import { retryAfterSeconds } from '#domain/provider/retry-after.ts'
import type { Secret } from '#domain/secret.ts'
import { epochSeconds } from '#domain/time.ts'
import { TOKEN_REQUEST_SECONDS } from '#domain/tokens/lease.ts'
import { sendRequest } from '../outgoing/client.ts'
import { OutgoingError } from '../outgoing/error.ts'
import { tokensIn } from './token-response.ts'

/** Statuses of gateways that gave up waiting, while the request goes on behind them. 524 is Cloudflare's. */
const GATEWAY_TIMEOUTS = [504, 524]

export class ClickFunnelsOAuth implements AuthorizationServer {
  readonly #profile: ProviderProfile
  readonly #server: oauth.AuthorizationServer
  readonly #options: oauth.TokenEndpointRequestOptions

  constructor(profile: ProviderProfile) {
    this.#profile = profile
    this.#server = {
      issuer: profile.issuer,
      token_endpoint: profile.tokenEndpoint,
      ...(profile.revocationEndpoint && { revocation_endpoint: profile.revocationEndpoint }),
    }
    this.#options = {
      [oauth.customFetch]: sendWithin(TOKEN_REQUEST_SECONDS),
      // Plain http is for a provider on this machine. Profiles are deployment configuration
      // (domain/provider/profile.ts).
      [oauth.allowInsecureRequests]: new URL(profile.tokenEndpoint).protocol === 'http:',
    }
  }

  exchangeCode(
    { clientId, clientSecret }: ClientCredentials,
    grant: { readonly code: Secret; readonly codeVerifier: Secret; readonly redirectUri: string },
  ): Promise<TokenOutcome> {
    const client = { client_id: clientId }
    // State and issuer were checked when the response came in (domain/connect/callback.ts).
    const response = oauth.validateAuthResponse(
      this.#server,
      client,
      new URLSearchParams({ code: grant.code.reveal() }),
      oauth.expectNoState,
    )
    return this.#tokens(
      () =>
        oauth.authorizationCodeGrantRequest(
          this.#server,
          client,
          oauth.ClientSecretPost(clientSecret.reveal()),
          response,
          grant.redirectUri,
          grant.codeVerifier.reveal(),
          this.#options,
        ),
      (answer) => oauth.processAuthorizationCodeResponse(this.#server, client, answer),
    )
  }

  refresh(
    { clientId, clientSecret }: ClientCredentials,
    refreshToken: Secret,
    seconds = TOKEN_REQUEST_SECONDS,
  ): Promise<TokenOutcome> {
    const client = { client_id: clientId }
    const authentication = oauth.ClientSecretPost(clientSecret.reveal())
    const token = refreshToken.reveal()
    const options = { ...this.#options, [oauth.customFetch]: sendWithin(seconds) }
    return this.#tokens(
      () => oauth.refreshTokenGrantRequest(this.#server, client, authentication, token, options),
      (answer) => oauth.processRefreshTokenResponse(this.#server, client, answer),
    )
  }

  async revoke(
    { clientId, clientSecret }: ClientCredentials,
    token: Secret,
    hint: 'access_token' | 'refresh_token',
  ): Promise<'done' | 'client_refused' | 'failed'> {
    if (this.#profile.revocationEndpoint === undefined) return 'done'
    try {
      const { status } = await oauth.revocationRequest(
        this.#server,
        { client_id: clientId },
        oauth.ClientSecretPost(clientSecret.reveal()),
        token.reveal(),
        { ...this.#options, additionalParameters: { token_type_hint: hint } },
      )
      if (status === 200) return 'done'
      return status === 401 || status === 403 ? 'client_refused' : 'failed'
    } catch (error) {
      if (error instanceof OutgoingError) return 'failed'
      throw error
    }
  }

  async #tokens(
    request: () => Promise<Response>,
    process: (response: Response) => Promise<oauth.TokenEndpointResponse>,
  ): Promise<TokenOutcome> {
    try {
      const response = await request()
      const { status } = response
      if (status === 429) {
        const seconds = retryAfterSeconds(
          response.headers.get('retry-after') ?? undefined,
          epochSeconds(Date.now() / 1000),
        )
        return { outcome: 'rate_limited', ...(seconds !== undefined && { retryAfterSeconds: seconds }) }
      }
      if (GATEWAY_TIMEOUTS.includes(status)) return { outcome: 'answer_late', detail: `status ${status}` }
      if (status >= 500) return { outcome: 'provider_down', detail: `status ${status}`, status }
      if (response.ok) {
        const tokens = tokensIn(this.#profile, await response.text())
        if (tokens !== undefined) return { outcome: 'granted', tokens }
        return { outcome: 'malformed', detail: `status ${status} without an access token` }
      }
      await process(response)
      return { outcome: 'malformed', detail: `status ${status}` }
    } catch (error) {
      return outcomeOf(error)
    }
  }
}

/** Sends a request of the library with our client. */
const sendWithin =
  (seconds: number): NonNullable<oauth.TokenEndpointRequestOptions[typeof oauth.customFetch]> =>
  (url, { method, headers, body }) =>
    send(url, method, headers, body, seconds)

async function send(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  seconds: number,
): Promise<Response> {
  const response = await sendRequest({
    method,
    url,
    headers: Object.entries(headers).filter(([name]) => name !== 'user-agent'),
    body: Buffer.from(String(body)),
    deadlineMilliseconds: seconds * 1000,
  })
  // Doorkeeper sends this header with every error, and with it the library does not read the body's `error`.
  const passed = response.headers.filter(([name]) => name !== 'www-authenticate')
  const empty = response.status === 204 || response.status === 304 || response.body.byteLength === 0
  return new Response(empty ? null : response.body, {
    status: response.status,
    headers: passed.map(([name, value]) => [name, value]),
  })
}

function outcomeOf(error: unknown): TokenOutcome {
  if (error instanceof OutgoingError) {
    if (error.fault === 'unreachable' || error.fault === 'untrusted')
      return { outcome: 'provider_down', detail: error.message }
    if (error.fault === 'too_large') return { outcome: 'malformed', detail: error.message }
    return { outcome: error.fault === 'timeout' ? 'answer_late' : 'answer_lost', detail: error.message }
  }
  if (error instanceof oauth.ResponseBodyError) {
    switch (error.error) {
      case 'invalid_grant':
        return { outcome: 'grant_refused', error: error.error, status: error.status }
      case 'invalid_client':
      case 'unauthorized_client':
        return { outcome: 'client_refused', error: error.error, status: error.status }
      default:
        return { outcome: 'malformed', detail: `unexpected error code, status ${error.status}` }
    }
  }
  // UnsupportedOperationError: a token type that is not Bearer. Both errors may hold the body, so neither is passed on.
  if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError) {
    return { outcome: 'malformed', detail: error.code ?? 'not a token response' }
  }
  throw error
}
