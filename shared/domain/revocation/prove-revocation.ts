// Proves the revocation of a refresh token whose access token has expired. Doorkeeper before 5.8.1 answers 200 to that
// revocation and does nothing, and RFC 7009 section 2.2 has the same answer for a token that it does not know. So the
// refresh token is presented: only a refusal is proof. If ClickFunnels issues tokens instead, these are revoked, which it
// does because they are new.
import type { App } from '../apps/app.ts'
import { withClientCredentials } from '../apps/client-secrets.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { Secret } from '../secret.ts'
import { type Deadline, later } from '../time.ts'
import { enqueueOrphan, presentedOf, revokeAt } from './orphan.ts'
import type { RevocationPorts } from './ports.ts'

/** How long the token endpoint has for its answer. */
const ANSWER_SECONDS = 5
/** A process that is cut off between the answer and the store of its tokens leaves them to no one. */
const PROOF_SECONDS = ANSWER_SECONDS + 5

/** @returns unproven: ClickFunnels still accepts the refresh token */
export async function proveRevocation(
  services: RevocationPorts,
  app: App,
  refreshToken: Secret,
  deadline: Pick<Deadline, 'end'>,
): Promise<'done' | 'unproven' | 'client_refused' | 'failed'> {
  for (const _ of ['ends the old tokens', 'shows that they ended']) {
    if (later(services.now(), PROOF_SECONDS) > deadline.end) return 'failed'
    const { answer } = await withClientCredentials(
      services,
      app,
      (client) => services.authorizationServer.refresh(client, refreshToken, ANSWER_SECONDS),
      ({ outcome }) => outcome === 'client_refused',
    )
    if (answer.outcome === 'grant_refused') return 'done'
    if (answer.outcome === 'client_refused') return 'client_refused'
    if (answer.outcome !== 'granted') return 'failed'
    await endSuccessor(services, app, answer.tokens)
  }
  return 'unproven'
}

/**
 * Uses new tokens once and revokes them. Where Doorkeeper keeps the old tokens until the new ones are used, the use ends
 * the old ones. The new tokens are stored before, so that keep-alive revokes them if this process dies or fails. If the table does
 * not take them, they are revoked all the same, because only this process has them.
 * @throws Error when they are neither stored nor revoked
 */
async function endSuccessor(services: RevocationPorts, app: App, tokens: TokenSet): Promise<void> {
  const [stored] = await Promise.allSettled([enqueueOrphan(services, app, tokens)])
  await services.resourceServer.probe(tokens.accessToken)
  const answer = await revokeAt(services, app, presentedOf(tokens))
  if (stored.status === 'rejected' && answer !== 'done') throw stored.reason
  if (stored.status === 'fulfilled' && answer === 'done') await services.revocations.remove(stored.value)
}
