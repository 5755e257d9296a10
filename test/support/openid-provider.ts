// An identity provider of a tenant's, on loopback: a real OpenID provider with a login page, access tokens for an API as JWTs
// (RFC 9068), and keys that can be rotated while it runs.
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type AdapterFactory, type Configuration, type JWK } from 'oidc-provider'
import { Browser } from './browser.ts'
import { INTERACTION, interact } from './openid-interaction.ts'
import { openIdMemory } from './openid-memory.ts'

const CLIENT_ID = 'saas'
const REDIRECT_URI = 'http://127.0.0.1:9/signed-in'
export const AUDIENCE = 'https://api.saas.example'
/** Longer than any test; what is not said, the provider asks for in the output. */
const HOUR = 60 * 60

export interface OpenIdProvider {
  readonly issuer: string
  readonly jwksUri: string
  /** How often the keys were asked for. */
  readonly looks: () => number
  /** Logs somebody in, and gives an access token. */
  signIn(login: string): Promise<string>
  /** Signs with a new key; the one before stays published or is withdrawn. */
  rotate(former: 'published' | 'withdrawn'): void
  close(): Promise<void>
}

export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  let keys = [newKey()]
  let looks = 0
  let provider: Provider
  const serve = (request: IncomingMessage, response: ServerResponse) =>
    request.url?.startsWith(INTERACTION)
      ? interact(provider, request, response)
      : provider.callback()(request, response)
  const server = createServer((request, response) => {
    if (request.url === '/jwks') looks += 1
    void serve(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const memory = openIdMemory()
  const publish = () => {
    provider = new Provider(issuer, configuration(keys, memory))
  }
  publish()
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    looks: () => looks,
    signIn: (login) => signIn(issuer, login),
    rotate: (former) => {
      keys = [newKey(), ...(former === 'published' ? keys : [])]
      publish()
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function configuration(keys: JWK[], adapter: AdapterFactory): Configuration {
  return {
    adapter,
    interactions: { url: (_, { uid }) => `${INTERACTION}${uid}` },
    ttl: { AccessToken: HOUR, Grant: HOUR, IdToken: HOUR, Interaction: HOUR, Session: HOUR },
    jwks: { keys },
    clients: [
      {
        client_id: CLIENT_ID,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        id_token_signed_response_alg: 'ES256',
        redirect_uris: [REDIRECT_URI],
      },
    ],
    cookies: { keys: ['test'] },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  }
}

function newKey(): JWK {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const kid = randomBytes(8).toString('hex')
  return { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' } as JWK
}

/** The authorization code flow with PKCE, as a single page application goes it. */
async function signIn(issuer: string, login: string): Promise<string> {
  const browser = new Browser()
  const verifier = randomBytes(32).toString('base64url')
  const start = new URL(`${issuer}/auth`)
  start.search = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  const loginPage = await browser.visit(start)
  const consent = await browser.submit(loginPage, { login })
  const back = await browser.submit(consent, {}, { stopBefore: REDIRECT_URI })
  const code = new URL(back.headers.get('location') ?? 'none:').searchParams.get('code') ?? ''
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      code,
      code_verifier: verifier,
    }),
  })
  const tokens = (await answer.json()) as { access_token?: string }
  if (tokens.access_token === undefined) throw new Error(`No token: ${JSON.stringify(tokens)}`)
  return tokens.access_token
}
