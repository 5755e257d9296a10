// Revokes tokens at the provider (RFC 7009) that no connection holds any more. A revocation is stored before its first
// attempt, and keep-alive retries it if that fails, so that no valid token is forgotten.
import type { Ambient } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import { withClientCredentials } from '../apps/client-secrets.ts'
import type { AppStorePorts } from '../apps/ports.ts'
import type { AuditNote } from '../audit/event.ts'
import type { AuditPorts } from '../audit/ports.ts'
import { backoffUntil, type Connection, type Revocation, tokenOf } from '../connections/connection.ts'
import type { ConnectionPorts } from '../connections/ports.ts'
import type { ErrorCode } from '../errors.ts'
import { equalSecrets } from '../hash.ts'
import { parseId } from '../ids.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import type { ProviderPorts } from '../provider/ports.ts'
import type { Secret } from '../secret.ts'
import { later } from '../time.ts'
import type { VaultPorts } from '../vault/ports.ts'

export type RevocationPorts = Pick<
  Ambient & AppStorePorts & ConnectionPorts & VaultPorts & ProviderPorts & AuditPorts,
  'now' | 'newId' | 'chance' | 'apps' | 'revocations' | 'vault' | 'authorizationServer' | 'audit' | 'log'
>

/** How long the process that stored a revocation has for the first attempt, before keep-alive tries. */
const FIRST_ATTEMPT_SECONDS = 60
/** After so many attempts (about a week of hourly ones) the provider will not accept the token any more. */
const MAX_ATTEMPTS = 170

/**
 * The revocation of the tokens that new ones replace. It has to be stored together with the new tokens.
 * @returns `undefined` when the provider gave the very same access token again
 */
export async function revocationOfReplaced(
  services: RevocationPorts,
  former: Connection,
  replacedBy: TokenSet,
): Promise<Revocation | undefined> {
  const held = await services.vault.open(
    tokenOf(former.tenantId, former.id, former.generation, 'access_token'),
    former.credential.accessToken,
  )
  if (equalSecrets(held.reveal(), replacedBy.accessToken.reveal())) return undefined
  return revocationFor(services, former)
}

/**
 * Revokes tokens that were granted but that no connection will hold.
 * @param app as it was when the tokens were requested; it may have been deleted since, with its tenant
 * @throws what kept the revocation from being stored, when the provider did not revoke the tokens either
 */
export async function revokeOrphan(services: RevocationPorts, app: App, tokens: TokenSet): Promise<void> {
  const { accessToken, refreshToken } = tokens
  const presented: readonly Presented[] = [
    ...(refreshToken ? [[refreshToken, 'refresh_token'] as const] : []),
    [accessToken, 'access_token'],
  ]
  const revoke = () => present(services, app, presented)
  const revocation = await enqueueOrphan(services, app, tokens).catch(async (error) => {
    // The store is down, or the tenant's keys were deleted. Only this process has the tokens, so it revokes them now.
    if ((await revoke().catch(() => 'failed')) !== 'done') throw error
  })
  if (revocation !== undefined) await attemptRevocation(services, revocation, revoke)
}

async function enqueueOrphan(
  services: RevocationPorts,
  { tenantId, id: appId }: App,
  tokens: TokenSet,
): Promise<Revocation> {
  const id = services.newId('revocation')
  const seal = (field: 'access_token' | 'refresh_token', token: Secret) =>
    services.vault.seal(tokenOf(tenantId, id, 0, field), token)
  const revocation: Revocation = {
    id,
    tenantId,
    appId,
    record: id,
    generation: 0,
    accessToken: await seal('access_token', tokens.accessToken),
    ...(tokens.refreshToken && { refreshToken: await seal('refresh_token', tokens.refreshToken) }),
    attempts: 0,
    dueAt: later(services.now(), FIRST_ATTEMPT_SECONDS),
  }
  await services.revocations.enqueue(revocation)
  return revocation
}

/** settled: revoked or given up, and removed. postponed: due again later. error: the store failed; it stays due. */
export type RevocationOutcome = 'settled' | 'postponed' | 'error'

/**
 * Tries once to revoke; if that fails, the revocation is due again later. Never throws: its caller's own work is
 * done.
 */
export async function attemptRevocation(
  services: RevocationPorts,
  revocation: Revocation,
  revoke = () => revokeTokens(services, revocation),
): Promise<RevocationOutcome> {
  const { id, attempts } = revocation
  try {
    const result = await revoke().catch((error) => {
      services.log.warn('Tokens were not revoked yet', { revocation: id, error })
      return 'failed'
    })
    const hopeless = result !== 'done' && attempts >= MAX_ATTEMPTS
    if (hopeless) services.log.error('Gave up revoking tokens', { revocation: id, attempts })
    if (result === 'done' || result === 'app_gone' || hopeless) {
      const givenUp = result === 'app_gone' ? 'not_found' : hopeless ? 'upstream_unreachable' : undefined
      await Promise.all([
        services.revocations.remove(revocation),
        services.audit.note(revocationNote(revocation, givenUp)),
      ])
      return 'settled'
    }
    const dueAt = backoffUntil(services.now(), attempts + 1, services.chance)
    await services.revocations.postpone(revocation, dueAt)
    return 'postponed'
  } catch (error) {
    services.log.error('The result of a revocation could not be stored; it stays due', {
      revocation: id,
      error,
    })
    return 'error'
  }
}

/** Names the connection that held the tokens, or the app if no connection ever held them. */
function revocationNote({ tenantId, appId, record }: Revocation, givenUp: ErrorCode | undefined): AuditNote {
  const id = parseId('connection', record)
  return {
    tenantId,
    action: 'connection.revoke_tokens',
    resource: id === undefined ? { type: 'app', id: appId } : { type: 'connection', id },
    result: 'ok',
    ...(givenUp && { result: givenUp, reason: 'given up' }),
  }
}

type Presented = readonly [Secret, 'access_token' | 'refresh_token']

async function revokeTokens(services: RevocationPorts, revocation: Revocation) {
  const { tenantId, appId, record, generation } = revocation
  const app = await services.apps.get(tenantId, appId)
  if (app === undefined) {
    // The app was deleted, alone or with its tenant, and with it the client secrets that a revocation needs.
    services.log.warn('Tokens are given up: their app is gone', { revocation: revocation.id })
    return 'app_gone'
  }
  const tokens: Presented[] = []
  for (const [field, sealed] of [
    ['refresh_token', revocation.refreshToken],
    ['access_token', revocation.accessToken],
  ] as const) {
    if (sealed === undefined) continue
    tokens.push([await services.vault.open(tokenOf(tenantId, record, generation, field), sealed), field])
  }
  return present(services, app, tokens)
}

async function present(
  services: Pick<VaultPorts & ProviderPorts, 'vault' | 'authorizationServer'>,
  app: App,
  tokens: readonly Presented[],
) {
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

/**
 * The revocation of the tokens that a connection holds. It has to be stored before they are gone from the connection.
 */
export function revocationFor(
  services: Pick<Ambient, 'now' | 'newId'>,
  {
    tenantId,
    appId,
    id,
    generation,
    credential,
  }: Pick<Connection, 'tenantId' | 'appId' | 'id' | 'generation' | 'credential'>,
): Revocation {
  return {
    id: services.newId('revocation'),
    tenantId,
    appId,
    record: id,
    generation,
    accessToken: credential.accessToken,
    ...(credential.kind === 'refreshable' && { refreshToken: credential.refreshToken }),
    attempts: 0,
    dueAt: later(services.now(), FIRST_ATTEMPT_SECONDS),
  }
}
