// Fetches a JWK set (RFC 7517) from the URL that an operator registered: with a deadline and a size limit, without following
// redirects, and from public addresses only. The check is on the address that the connection uses, not on an earlier lookup.
import { lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { isLoopback } from '#domain/tenants/web-url.ts'
import { isPublicAddress } from './public-address.ts'

const DEADLINE_MILLISECONDS = 3_000
const MAX_BYTES = 64 * 1024

export type FetchJwks = (uri: string) => Promise<unknown>

/** @param local whether this machine's own addresses are accepted, because the service itself runs on loopback */
export function jwksFetcher(local: boolean): FetchJwks {
  const acceptable = (address: string) => isPublicAddress(address) || (local && isLoopbackAddress(address))
  const guarded: LookupFunction = (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '')
      const refused = addresses.some(({ address }) => !acceptable(address))
      const [first] = addresses
      if (refused || first === undefined) return done(new Error(`"${hostname}" is not a public host`), '')
      if (options.all) return done(null, addresses)
      done(null, first.address, first.family)
    })
  }

  return async (uri) => {
    const url = new URL(uri)
    const host = url.hostname.replace(/^\[|\]$/g, '')
    const plain = url.protocol === 'http:' && local && isLoopback(url)
    if (url.protocol !== 'https:' && !plain) throw new Error('a JWKS URI must be https')
    // `lookup` is not called for a host that is an address.
    if (isIP(host) !== 0 && !acceptable(host)) throw new Error(`"${host}" is not a public host`)
    const { get } = process.getBuiltinModule(plain ? 'node:http' : 'node:https')
    const signal = AbortSignal.timeout(DEADLINE_MILLISECONDS)
    return new Promise((resolve, reject) => {
      const headers = {
        accept: 'application/jwk-set+json, application/json',
        'user-agent': 'FunnelConnect/1.0',
      }
      const request = get(url, { agent: false, lookup: guarded, headers, signal }, async (response) => {
        try {
          if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`)
          const chunks: Buffer[] = []
          let size = 0
          for await (const chunk of response) {
            size += chunk.length
            if (size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`)
            chunks.push(chunk)
          }
          resolve(JSON.parse(Buffer.concat(chunks).toString()))
        } catch (error) {
          request.destroy()
          reject(error)
        }
      })
      request.on('error', reject)
    })
  }
}

function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^127\./.test(address)
}
