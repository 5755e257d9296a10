// The verifier of JWTs. It loads when the first JWT arrives, so that a start for callers with API keys does not pay for it.
import { LazyTokenVerifier } from '#adapters/jwt/lazy-token-verifier.ts'
import { isLoopback } from '#domain/tenants/web-url.ts'

/** @param publicUrl a service on loopback accepts identity providers on loopback, too */
export function lazyTokenVerifier(publicUrl: string): LazyTokenVerifier {
  return new LazyTokenVerifier(async () => {
    const { tokenVerifier } = await import('#adapters/jwt/verifier.ts')
    return tokenVerifier(isLoopback(new URL(publicUrl)))
  })
}
