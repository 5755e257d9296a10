// Exchanges an authorization code (RFC 6749 section 4.1.3) and ends the session with a connection or an error.
import type { Ambient } from '../ambient.ts'
import { type App, redirectUri } from '../apps/app.ts'
import { noteAnswer } from '../apps/app-health.ts'
import { withClientCredentials } from '../apps/client-secrets.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import { ServiceError } from '../errors.ts'
import type { TokenOutcome } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { Secret } from '../secret.ts'
import { later } from '../time.ts'
import { resultOf, ruleOf } from '../tokens/refresh-rules.ts'
import type { VaultPorts } from '../vault/ports.ts'
import { type ConnectSession, SESSION_MEMORY_SECONDS, type SessionState } from './connect-session.ts'
import type { ConnectPorts } from './ports.ts'
import { storeGrant } from './store-grant.ts'

/** What is exchanged. It is gathered before the session is claimed: what fails by then can be tried again. */
export interface CodeGrant {
  /** The session's; nothing if it was deleted meanwhile. */
  readonly app: App | undefined
  readonly code: Secret
  readonly codeVerifier: Secret
}

type Ports = Pick<
  Ambient & AppStorePorts & ConnectPorts & VaultPorts & ProviderPorts,
  'now' | 'publicUrl' | 'apps' | 'sessions' | 'vault' | 'authorizationServer' | 'log'
> &
  Parameters<typeof storeGrant>[0]

type Ended = Extract<SessionState, { status: 'connected' | 'failed' }>

/** Exchanges the code of a session that is "exchanging", and moves the session to how that ended. */
export async function exchangeForConnection(
  services: Ports,
  session: ConnectSession,
  grant: CodeGrant,
): Promise<Ended> {
  const state = await exchange(services, session, grant).catch((error): Ended => {
    services.log.error('A session failed', { session: session.id, error })
    return { status: 'failed', error: error instanceof ServiceError ? error.code : 'server_error' }
  })
  await services.sessions.move(session, 'exchanging', state, later(services.now(), SESSION_MEMORY_SECONDS))
  return state
}

async function exchange(
  services: Ports,
  session: ConnectSession,
  { app, code, codeVerifier }: CodeGrant,
): Promise<Ended> {
  if (app === undefined) return { status: 'failed', error: 'invalid_client' }
  const { answer, serial } = await withClientCredentials(
    services,
    app,
    (client) =>
      services.authorizationServer.exchangeCode(client, {
        code,
        codeVerifier,
        redirectUri: redirectUri(services.publicUrl, app.id),
      }),
    ({ outcome }) => outcome === 'client_refused',
  )
  const { blames } = ruleOf(resultOf(answer))
  if (answer.outcome !== 'granted') {
    await noteAnswer(services, app, blames, serial)
    services.log.warn('The authorization code was not exchanged', { session: session.id, ...answer })
    return { status: 'failed', error: sessionError(answer.outcome) }
  }
  const stored = await storeGrant(services, session, app, answer.tokens)
  await noteAnswer(services, app, blames, serial)
  if (stored.outcome !== 'stored') return { status: 'failed', error: stored.outcome }
  return { status: 'connected', connectionId: stored.connection.id }
}

/** What the session, and the browser on its way back, are told: RFC 6749's words where it has one. */
function sessionError(outcome: Exclude<TokenOutcome['outcome'], 'granted'>): string {
  switch (outcome) {
    case 'grant_refused':
      return 'invalid_grant'
    case 'client_refused':
      return 'invalid_client'
    case 'rate_limited':
    case 'provider_down':
    case 'answer_lost':
    case 'answer_late':
      return 'temporarily_unavailable'
    case 'malformed':
      return 'invalid_response'
  }
}
