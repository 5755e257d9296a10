// Exchanges an authorization code (RFC 6749 section 4.1.3) and ends the session with a connection or an error.
import { type Ambient, namesOf } from '../ambient.ts'
import { type App, redirectUri } from '../apps/app.ts'
import { noteAnswer } from '../apps/app-health.ts'
import { type OpenedSecrets, openClientSecrets, withClientCredentials } from '../apps/client-secrets.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import type { FeedPorts } from '../feeds/ports.ts'
import { logOddities, type TokenSet } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { Secret } from '../secret.ts'
import type { TenancyPorts } from '../tenants/ports.ts'
import { ruleOf } from '../tokens/refresh-rules.ts'
import type { VaultPorts } from '../vault/ports.ts'
import type { Sealed, Sealer } from '../vault/vault.ts'
import { type ConnectSession, codeVerifierOf, type SessionState } from './connect-session.ts'
import { noteConnectionUse } from './connection-use.ts'
import type { ConnectPorts } from './ports.ts'
import { type ExchangeError, faultError, TOKEN_ERRORS } from './session-errors.ts'
import { failSession, type GrantPorts, storeGrant } from './store-grant.ts'

/**
 * What an exchange needs. It is read and opened before the session moves to "exchanging": a failure until then can be
 * retried, and after that neither the vault nor KMS can make us lose the code.
 */
export interface CodeGrant {
  /** The session's app; `undefined` if it was deleted in the meantime. */
  readonly app: App | undefined
  readonly code: Secret
  readonly codeVerifier: Secret
  readonly clientSecrets: OpenedSecrets
  readonly sealer: Sealer
}

/** Reads and opens what an exchange needs. */
export async function prepareExchange(
  services: Pick<ExchangePorts, 'apps' | 'vault'>,
  session: ConnectSession,
  code: Secret,
  sealedVerifier: Sealed,
): Promise<CodeGrant> {
  const app = await services.apps.get(session.tenantId, session.appId)
  return {
    app,
    code,
    codeVerifier: await services.vault.open(codeVerifierOf(session), sealedVerifier),
    clientSecrets: app === undefined ? new Map() : await openClientSecrets(services, app),
    sealer: await services.vault.sealer(session.tenantId),
  }
}

export type ExchangePorts = Pick<
  Ambient & AppStorePorts & ConnectPorts & VaultPorts & ProviderPorts & TenancyPorts,
  'now' | 'publicUrl' | 'apps' | 'usage' | 'sessions' | 'vault' | 'authorizationServer' | 'background' | 'log'
> &
  FeedPorts &
  GrantPorts

/** How an exchange ends a session. */
export type Exchanged = Extract<SessionState, { readonly status: 'connected' }> | Failed

interface Failed {
  readonly status: 'failed'
  readonly error: ExchangeError
}

interface Granted {
  readonly app: App
  readonly tokens: TokenSet
  /** Which client secret was accepted. */
  readonly serial: number
}

/** Exchanges the code of a session that is "exchanging", and moves the session to how that ended. */
export async function exchangeForConnection(
  services: ExchangePorts,
  session: ConnectSession,
  grant: CodeGrant,
): Promise<Exchanged> {
  const exchanged = await exchange(services, session, grant).catch((error): Failed => {
    services.log.error('A code was not exchanged', { ...namesOf('session', session), error })
    return { status: 'failed', error: faultError(error) }
  })
  if ('status' in exchanged) {
    await failSession(services, session, exchanged.error)
    return exchanged
  }
  const { app, tokens, serial } = exchanged
  const stored = await storeGrant(services, session, app, { tokens, sealer: grant.sealer })
  await noteAnswer(services, app, ruleOf('granted').blames, serial)
  if (stored.outcome !== 'stored') return { status: 'failed', error: stored.outcome }
  const { connection } = stored
  // The end user does not wait for what follows. If it fails, the next connection of the tenant does it,
  if (connection.generation === 1) {
    services.background.start(() => noteConnectionUse(services, connection.tenantId))
  }
  if (app.eventTypes !== undefined) {
    // or the schedule when the connection is next due.
    services.background.start(async () => {
      const { startFeed } = await import('../feeds/start-feed.ts')
      await startFeed(services, app, connection, tokens.accessToken)
    })
  }
  return { status: 'connected', connectionId: connection.id }
}

async function exchange(
  services: ExchangePorts,
  session: ConnectSession,
  { app, code, codeVerifier, clientSecrets }: CodeGrant,
): Promise<Failed | Granted> {
  // Without its app the session has no client credentials any more.
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
    undefined,
    clientSecrets,
  )
  if (answer.outcome === 'granted') {
    logOddities(services.log, answer.tokens, { session: session.id })
    return { app, tokens: answer.tokens, serial }
  }
  await noteAnswer(services, app, ruleOf(answer.outcome).blames, serial)
  services.log.warn('The authorization code was not exchanged', { ...namesOf('session', session), ...answer })
  return { status: 'failed', error: TOKEN_ERRORS[answer.outcome] }
}
