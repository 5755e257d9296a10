// Authentication needs API keys, identity providers, and a verifier of JWTs.
import type { ApiKeys } from './api-key.ts'
import type { TokenVerifier } from './end-user-token.ts'
import type { IdentityProviders } from './identity-provider.ts'

export interface CallerPorts {
  readonly apiKeys: ApiKeys
  readonly identityProviders: IdentityProviders
  readonly tokenVerifier: TokenVerifier
}
