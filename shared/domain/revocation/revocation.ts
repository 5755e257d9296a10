// Revokes tokens at the provider (RFC 7009) that no connection holds any more. A revocation is stored before its first
// attempt, and keep-alive retries it if that fails, so that no valid token is forgotten.
import { type Ambient, namesOf } from '../ambient.ts'
import type { App } from '../apps/app.ts'
import type { AuditNote } from '../audit/event.ts'
import {
  backoffUntil,
  type Connection,
  expiryOf,
  type Revocation,
  tokenOf,
} from '../connections/connection.ts'
import type { ErrorCode } from '../errors.ts'
import { equalSecrets } from '../hash.ts'
import { parseId } from '../ids.ts'
import type { TokenSet } from '../provider/authorization-server.ts'
import { type Deadline, deadlineIn, later } from '../time.ts'
import type { Sealed } from '../vault/vault.ts'
import { abandonFeed, endFeed } from './end-feed.ts'
import { enqueueOrphan, FIRST_ATTEMPT_SECONDS, presentedOf, revokeAt } from './orphan.ts'
import type { RevocationPorts } from './ports.ts'
import { proveRevocation } from './prove-revocation.ts'

/** The message of the log line that an alarm counts. */
export const GAVE_UP_REVOKING = 'Gave up revoking tokens'

/** After so many attempts (about a week of hourly ones) the provider will not accept the token any more. */
const MAX_ATTEMPTS = 170
/** A provider that accepts the refresh token after so many attempts will not stop. */
const MAX_UNPROVEN_ATTEMPTS = 3
/** An access token with less than this left may expire on the way to the provider. */
const EXPIRY_SKEW_SECONDS = 60

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
  const revoke = () => revokeAt(services, app, presentedOf(tokens))
  const revocation = await enqueueOrphan(services, app, tokens).catch(async (error) => {
    // The store is down, or the tenant's keys were deleted. Only this process has the tokens, so it revokes them now.
    if ((await revoke().catch(() => 'failed')) !== 'done') throw error
  })
  if (revocation !== undefined) await attemptRevocation(services, revocation, undefined, revoke)
}

/** settled: revoked or given up, and removed. postponed: due again later. error: the store failed; it stays due. */
export type RevocationOutcome = 'settled' | 'postponed' | 'error'

/**
 * Tries once to revoke; if that fails, the revocation is due again later. Never throws: its caller's own work is
 * done.
 * @param deadline of the invocation: no proof is begun that could be cut off before its tokens are stored
 */
export async function attemptRevocation(
  services: RevocationPorts,
  revocation: Revocation,
  deadline: Pick<Deadline, 'end'> = deadlineIn(services.now()),
  revoke = () => revokeTokens(services, revocation, deadline),
): Promise<RevocationOutcome> {
  const { attempts } = revocation
  try {
    const result = await revoke().catch((error) => {
      services.log.warn('Tokens were not revoked yet', { ...namesOf('revocation', revocation), error })
      return 'failed' as const
    })
    const tooOften = attempts >= MAX_ATTEMPTS
    const stillWorks = result === 'unproven' && attempts + 1 >= MAX_UNPROVEN_ATTEMPTS
    const hopeless = result !== 'done' && (tooOften || stillWorks)
    if (hopeless)
      services.log.error(GAVE_UP_REVOKING, { ...namesOf('revocation', revocation), attempts, result })
    if (result === 'done' || result === 'app_gone' || hopeless) {
      const givenUp = result === 'done' ? undefined : GIVEN_UP[result]
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
      ...namesOf('revocation', revocation),
      error,
    })
    return 'error'
  }
}

/** Why a revocation was given up, as the audit trail has it. */
const GIVEN_UP = {
  app_gone: 'not_found',
  client_refused: 'upstream_unreachable',
  failed: 'upstream_unreachable',
  unproven: 'upstream_malformed',
} as const satisfies Record<string, ErrorCode>

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

/**
 * Presents both tokens. If the access token has expired, the answer proves nothing (prove-revocation.ts). The proof takes
 * several requests, so it is left to keep-alive: the first attempt is made while a caller waits.
 */
async function revokeTokens(
  services: RevocationPorts,
  revocation: Revocation,
  deadline: Pick<Deadline, 'end'>,
) {
  const { tenantId, appId, record, generation, expiresAt, attempts } = revocation
  const app = await services.apps.get(tenantId, appId)
  if (app === undefined) {
    // The app was deleted, alone or with its tenant, and with it the client secrets that a revocation needs.
    services.log.warn('Tokens are given up: their app is gone', namesOf('revocation', revocation))
    const owner = parseId('connection', record)
    if (owner !== undefined) await abandonFeed(services, { tenantId, owner })
    return 'app_gone'
  }
  const open = (field: 'access_token' | 'refresh_token', sealed: Sealed) =>
    services.vault.open(tokenOf(tenantId, record, generation, field), sealed)
  const refreshToken = revocation.refreshToken && (await open('refresh_token', revocation.refreshToken))
  const accessToken = await open('access_token', revocation.accessToken)
  const connectionId = parseId('connection', record)
  if (connectionId && !(await endFeed(services, { tenantId, owner: connectionId }, accessToken, attempts)))
    return 'failed'
  const tokens = { accessToken, ...(refreshToken && { refreshToken }) }
  const answer = await revokeAt(services, app, presentedOf(tokens))
  const expired = expiresAt !== undefined && expiresAt <= later(services.now(), EXPIRY_SKEW_SECONDS)
  if (answer !== 'done' || refreshToken === undefined || !expired) return answer
  return attempts === 0 ? 'unproven' : proveRevocation(services, app, refreshToken, deadline)
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
  const expiresAt = expiryOf(credential)
  return {
    id: services.newId('revocation'),
    tenantId,
    appId,
    record: id,
    generation,
    accessToken: credential.accessToken,
    ...(credential.kind === 'refreshable' && { refreshToken: credential.refreshToken }),
    ...(expiresAt !== undefined && { expiresAt }),
    attempts: 0,
    dueAt: later(services.now(), FIRST_ATTEMPT_SECONDS),
  }
}
