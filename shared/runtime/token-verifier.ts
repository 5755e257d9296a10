// The verifier of JWTs, loaded with the first one: callers with API keys do not pay for it.
import { LazyTokenVerifier } from '#adapters/jwt/lazy-token-verifier.ts'
import { isLoopback } from '#domain/tenants/web-url.ts'

/** @param publicUrl a service on loopback may have its identity providers there, too */
export function lazyTokenVerifier(publicUrl: string): LazyTokenVerifier {
  return new LazyTokenVerifier(async () => {
    const { tokenVerifier } = await import('#adapters/jwt/verifier.ts')
    return tokenVerifier(isLoopback(new URL(publicUrl)))
  })
}
