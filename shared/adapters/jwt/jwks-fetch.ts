// Fetches a JWK set (RFC 7517) from the URL that an operator registered: with a deadline and a size limit, without following
// redirects, and from public addresses only. The check is on the address that the connection uses, not on an earlier lookup.
import { isLoopback } from '#domain/tenants/web-url.ts'
import { guardedLookup } from '../outgoing/guarded-lookup.ts'

const DEADLINE_MILLISECONDS = 3_000
const MAX_BYTES = 64 * 1024

export type FetchJwks = (uri: string) => Promise<unknown>

/** @param local whether this machine's own addresses are accepted, because the service itself runs on loopback */
export function jwksFetcher(local: boolean): FetchJwks {
  const guard = guardedLookup(local)
  return async (uri) => {
    const url = new URL(uri)
    const plain = url.protocol === 'http:' && local && isLoopback(url)
    if (url.protocol !== 'https:' && !plain) throw new Error('a JWKS URI must be https')
    guard.checkHost(url.hostname)
    const { get } = process.getBuiltinModule(plain ? 'node:http' : 'node:https')
    const signal = AbortSignal.timeout(DEADLINE_MILLISECONDS)
    return new Promise((resolve, reject) => {
      const headers = {
        accept: 'application/jwk-set+json, application/json',
        'user-agent': 'FunnelConnect/1.0',
      }
      const request = get(url, { agent: false, lookup: guard.lookup, headers, signal }, async (response) => {
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
