// Everything stored that holds seals, for the rotation of keys: what there is, and each with its seals made anew. A kind
// of record that is missing here would keep a key alive that should be gone, or lose it.
import type { App } from '../apps/app.ts'
import { clientSecretOf } from '../apps/client-secrets.ts'
import { type ConnectSession, codeOf, codeVerifierOf, type SessionState } from '../connect/connect-session.ts'
import { type Connection, type Revocation, tokenOf } from '../connections/connection.ts'
import type { TenantId } from '../ids.ts'
import { type CallOutcome, type KeyedCall, keptAnswerOf } from '../proxy/idempotency.ts'
import { resealCredential } from '../tokens/reseal-tokens.ts'
import type { Vault } from '../vault/vault.ts'

/** A session that holds a code until its tenant completes it. */
export type WaitingSession = Omit<ConnectSession, 'state'> & {
  readonly state: Extract<SessionState, { status: 'awaiting_completion' }>
}

/** A call with an Idempotency-Key whose answer is kept. */
export type KeptCall = Omit<KeyedCall, 'state'> & {
  readonly state: Extract<CallOutcome, { status: 'kept' }>
}

export type SealedRecord =
  | { readonly kind: 'connection'; readonly record: Connection }
  | { readonly kind: 'revocation'; readonly record: Revocation }
  | { readonly kind: 'app'; readonly record: App }
  | { readonly kind: 'session'; readonly record: WaitingSession }
  | { readonly kind: 'kept_call'; readonly record: KeptCall }

/** The name of a record, for a log. */
export function idOf({ kind, record }: SealedRecord): string {
  return kind === 'kept_call' ? `${record.connectionId}/${record.keyHash}` : record.id
}

export interface SealedRecords {
  /** A tenant's records that hold seals, in a fixed order, some at a time; `next` is where to go on. */
  list(
    tenant: TenantId,
    limit: number,
    after?: string,
  ): Promise<{ readonly records: readonly SealedRecord[]; readonly next?: string }>
  /**
   * Puts the seals of `changed` in the place of those of `read` if they are the very same still, and of the same
   * generation; false if not. Nothing else of the record changes: not its lease, its due time or its update time.
   */
  replaceSeals(read: SealedRecord, changed: SealedRecord): Promise<boolean>
}

/** How far a look through a tenant's records has come. */
export interface Look {
  /** The newest key version when it began. */
  readonly newest: number
  readonly after?: string
  /** Whether nothing was found so far that names an older version. */
  readonly clean: boolean
}

/** Where a rotation that was cut off goes on. */
export interface RotationProgress {
  readonly tenantId: TenantId
  readonly look?: Look
}

export interface RotationProgressStore {
  read(): Promise<RotationProgress | undefined>
  save(progress: RotationProgress | undefined): Promise<void>
}

/** A record with its seals under the newest key; `undefined` when all are. @throws ServiceError secret_unreadable */
export async function resealed(
  vault: Pick<Vault, 'reseal'>,
  sealed: SealedRecord,
): Promise<SealedRecord | undefined> {
  switch (sealed.kind) {
    case 'connection': {
      const credential = await resealCredential(vault, sealed.record)
      return credential && { ...sealed, record: { ...sealed.record, credential } }
    }
    case 'revocation':
      return resealedRevocation(vault, sealed.record)
    case 'app':
      return resealedApp(vault, sealed.record)
    case 'session':
      return resealedSession(vault, sealed.record)
    case 'kept_call':
      return resealedCall(vault, sealed.record)
  }
}

async function resealedRevocation(
  vault: Pick<Vault, 'reseal'>,
  record: Revocation,
): Promise<SealedRecord | undefined> {
  const bindingOf = (field: 'access_token' | 'refresh_token') =>
    tokenOf(record.tenantId, record.record, record.generation, field)
  const accessToken = await vault.reseal(bindingOf('access_token'), record.accessToken)
  const refreshToken =
    record.refreshToken && (await vault.reseal(bindingOf('refresh_token'), record.refreshToken))
  if (accessToken === undefined && refreshToken === undefined) return undefined
  const changed = { ...record, ...(accessToken && { accessToken }), ...(refreshToken && { refreshToken }) }
  return { kind: 'revocation', record: changed }
}

async function resealedApp(vault: Pick<Vault, 'reseal'>, record: App): Promise<SealedRecord | undefined> {
  let changed = false
  const clientSecrets: App['clientSecrets'][number][] = []
  for (const secret of record.clientSecrets) {
    const sealed = await vault.reseal(clientSecretOf(record, secret.serial), secret.sealed)
    changed ||= sealed !== undefined
    clientSecrets.push({ ...secret, ...(sealed && { sealed }) })
  }
  return changed ? { kind: 'app', record: { ...record, clientSecrets } } : undefined
}

async function resealedSession(
  vault: Pick<Vault, 'reseal'>,
  record: WaitingSession,
): Promise<SealedRecord | undefined> {
  const code = await vault.reseal(codeOf(record), record.state.code)
  const codeVerifier = await vault.reseal(codeVerifierOf(record), record.state.codeVerifier)
  if (code === undefined && codeVerifier === undefined) return undefined
  const state = { ...record.state, ...(code && { code }), ...(codeVerifier && { codeVerifier }) }
  return { kind: 'session', record: { ...record, state } }
}

async function resealedCall(
  vault: Pick<Vault, 'reseal'>,
  record: KeptCall,
): Promise<SealedRecord | undefined> {
  const answer = await vault.reseal(keptAnswerOf(record), record.state.answer)
  return answer && { kind: 'kept_call', record: { ...record, state: { ...record.state, answer } } }
}
