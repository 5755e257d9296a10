// Tokens that the provider issued and that no connection will hold: how they are stored until they are revoked, and how
// tokens are presented for revocation (RFC 7009 section 2.1).
import type { App } from '../apps/app.ts'
import { withClientCredentials } from '../apps/client-secrets.ts'
import { type Revocation, tokenOf } from '../connections/connection.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { Secret } from '../secret.ts'
import { later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'
import type { RevocationPorts } from './ports.ts'

/** How long the process that stored a revocation has for the first attempt, before keep-alive tries. */
export const FIRST_ATTEMPT_SECONDS = 60

type Tokens = Pick<TokenSet, 'accessToken' | 'refreshToken'>
type Presented = readonly [Secret, 'access_token' | 'refresh_token']

/** Stores the revocation of tokens that no connection holds. */
export async function enqueueOrphan(
  services: Pick<RevocationPorts, 'now' | 'newId' | 'vault' | 'revocations'>,
  { tenantId, id: appId }: Pick<App, 'tenantId' | 'id'>,
  { accessToken, refreshToken, expiresInSeconds }: Tokens & Pick<TokenSet, 'expiresInSeconds'>,
): Promise<Revocation> {
  const id = services.newId('revocation')
  const now = services.now()
  const seal = (field: 'access_token' | 'refresh_token', token: Secret) =>
    services.vault.seal(tokenOf(tenantId, id, 0, field), token)
  const revocation: Revocation = {
    id,
    tenantId,
    appId,
    record: id,
    generation: 0,
    accessToken: await seal('access_token', accessToken),
    ...(refreshToken && { refreshToken: await seal('refresh_token', refreshToken) }),
    ...(expiresInSeconds !== undefined && { expiresAt: later(now, expiresInSeconds) }),
    attempts: 0,
    dueAt: later(now, FIRST_ATTEMPT_SECONDS),
  }
  await services.revocations.enqueue(revocation)
  return revocation
}

/** The refresh token first: it is what would give new tokens. */
export function presentedOf({ accessToken, refreshToken }: Tokens): readonly Presented[] {
  const access = [accessToken, 'access_token'] as const
  return refreshToken === undefined ? [access] : [[refreshToken, 'refresh_token'], access]
}

/** Presents tokens at the revocation endpoint, one after the other, until it does not take one. */
export async function revokeAt(
  services: Pick<VaultPorts & ProviderPorts, 'vault' | 'authorizationServer'>,
  app: App,
  tokens: readonly Presented[],
): Promise<'done' | 'client_refused' | 'failed'> {
  for (const [token, hint] of tokens) {
    const { answer } = await withClientCredentials(
      services,
      app,
      (client) => services.authorizationServer.revoke(client, token, hint),
      (result) => result === 'client_refused',
    )
    if (answer !== 'done') return answer
  }
  return 'done'
}
