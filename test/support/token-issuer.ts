// An identity provider that signs whatever it is told to: for tokens that no honest one would issue.
import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { listenOnLoopback } from '../../infra/local/loopback-server.ts'

export interface TokenIssuer {
  readonly issuer: string
  readonly jwksUri: string
  /** A token of that user, an hour long; claims and header as given instead. */
  token(user: string, claims?: object, header?: object, key?: KeyObject): string
  close(): Promise<void>
}

const KID = 'key-1'
export const AUDIENCE = 'https://api.saas.example'

export async function startTokenIssuer(): Promise<TokenIssuer> {
  const own = newKey()
  const jwk = { ...own.export({ format: 'jwk' }), d: undefined, kid: KID, alg: 'ES256', use: 'sig' }
  const server = await listenOnLoopback(0, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: [jwk] }))
  })
  return {
    issuer: server.url,
    jwksUri: `${server.url}/jwks`,
    token: (user, claims, header, key = own) => {
      const now = Math.floor(Date.now() / 1000)
      const head = part({ alg: 'ES256', typ: 'JWT', kid: KID, ...header })
      const body = part({ iss: server.url, aud: AUDIENCE, sub: user, iat: now, exp: now + 3600, ...claims })
      const signature = sign('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' })
      return `${head}.${body}.${signature.toString('base64url')}`
    },
    close: server.close,
  }
}

export function newKey(): KeyObject {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return createPrivateKey({ key: privateKey.export({ format: 'jwk' }), format: 'jwk' })
}

/** As "alg: none" has it: no signature at all. */
export function unsigned(token: string): string {
  const [, body = ''] = token.split('.')
  return `${part({ alg: 'none', typ: 'JWT' })}.${body}.`
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
