// Everything stored that holds seals, for key rotation: the kinds of records, and how the seals of each are made again. A kind
// that key rotation does not know would keep an old key in use, or be lost with it. So a new one does not compile until
// it is in the tables here and in those of the store.
import type { App } from '../apps/app.ts'
import { clientSecretOf } from '../apps/client-secrets.ts'
import { type ConnectSession, codeOf, codeVerifierOf, type SessionState } from '../connect/connect-session.ts'
import { type Connection, type Revocation, tokenOf } from '../connections/connection.ts'
import { type Feed, type FeedEndpoint, feedSecretOf } from '../connections/feed.ts'
import type { TenantId } from '../ids.ts'
import { type CallOutcome, type KeyedCall, keptAnswerOf } from '../proxy/idempotency.ts'
import { resealCredential } from '../tokens/new-tokens.ts'
import type { SealBinding, Vault } from '../vault/vault.ts'

/** A session that holds a code until its tenant completes it. */
export type WaitingSession = Omit<ConnectSession, 'state'> & {
  readonly state: Extract<SessionState, { status: 'awaiting_completion' }>
}

/** A call with an Idempotency-Key whose answer is kept. */
export type KeptCall = Omit<KeyedCall, 'state'> & {
  readonly state: Extract<CallOutcome, { status: 'kept' }>
}

/** A feed with the secret of its endpoint. */
export type SealedFeed = Feed & { readonly endpoint: FeedEndpoint }

/** The records of each kind. */
export interface SealedKinds {
  readonly connection: Connection
  readonly revocation: Revocation
  readonly app: App
  readonly session: WaitingSession
  readonly kept_call: KeptCall
  readonly feed: SealedFeed
}

export type SealedKind = keyof SealedKinds
export type SealedRecord<Kind extends SealedKind = SealedKind> = {
  readonly [K in Kind]: { readonly kind: K; readonly record: SealedKinds[K] }
}[Kind]

/**
 * The kinds of records that keep the seals of each field. A code verifier is sealed in a pending authorization, too, which
 * expires long before a key is retired.
 */
export const HOLDERS = {
  access_token: ['connection', 'revocation'],
  refresh_token: ['connection', 'revocation'],
  client_secret: ['app'],
  code: ['session'],
  code_verifier: ['session'],
  answer: ['kept_call'],
  webhook_secret: ['feed'],
} as const satisfies Readonly<Record<SealBinding['field'], readonly SealedKind[]>>

/** The name of a record, for a log. */
export function idOf({ kind, record }: SealedRecord): string {
  if (kind === 'feed') return record.owner
  return kind === 'kept_call' ? `${record.connectionId}/${record.keyHash}` : record.id
}

export interface SealedRecords {
  /** A page of a tenant's records that hold seals, in a fixed order; `next` is where the next page starts. */
  list(
    tenant: TenantId,
    limit: number,
    after?: string,
  ): Promise<{ readonly records: readonly SealedRecord[]; readonly next?: string }>
  /**
   * Replaces the seals of `read` by those of `changed` if they and the generation are still the same; false if not. Nothing
   * else of the record changes: not its lease, its due time or its update time.
   */
  replaceSeals(read: SealedRecord, changed: SealedRecord): Promise<boolean>
}

/** How far a look through a tenant's records has come. */
export interface Look {
  /** The newest key version when the look began. */
  readonly newest: number
  readonly after?: string
  /** Whether no seal under an older version was found so far. */
  readonly clean: boolean
}

/** Where a key rotation that was cut off goes on. */
export interface KeyRotationProgress {
  readonly tenantId: TenantId
  readonly look?: Look
}

export interface KeyRotationProgressStore {
  read(): Promise<KeyRotationProgress | undefined>
  /**
   * Stores how far a run has come; `undefined` when it has finished.
   * @param read the progress from which the run went on
   * @returns false if another run has stored its progress since that was read
   */
  save(progress: KeyRotationProgress | undefined, read: KeyRotationProgress | undefined): Promise<boolean>
}

type Resealing = Pick<Vault, 'reseal'>

const RESEAL: {
  readonly [K in SealedKind]: (
    vault: Resealing,
    record: SealedKinds[K],
  ) => Promise<SealedKinds[K] | undefined>
} = {
  connection: resealConnection,
  revocation: resealRevocation,
  app: resealApp,
  session: resealSession,
  kept_call: resealCall,
  feed: resealFeed,
}

/**
 * The record with its seals under the newest key; `undefined` if all of them are.
 * @throws ServiceError secret_unreadable
 */
export async function resealed<K extends SealedKind>(
  vault: Resealing,
  { kind, record }: SealedRecord<K>,
): Promise<SealedRecord | undefined> {
  const changed = await RESEAL[kind](vault, record)
  return changed && ({ kind, record: changed } as SealedRecord)
}

async function resealConnection(vault: Resealing, record: Connection): Promise<Connection | undefined> {
  const credential = await resealCredential(vault, record)
  return credential && { ...record, credential }
}

async function resealRevocation(vault: Resealing, record: Revocation): Promise<Revocation | undefined> {
  const bindingOf = (field: 'access_token' | 'refresh_token') =>
    tokenOf(record.tenantId, record.record, record.generation, field)
  const accessToken = await vault.reseal(bindingOf('access_token'), record.accessToken)
  const refreshToken =
    record.refreshToken && (await vault.reseal(bindingOf('refresh_token'), record.refreshToken))
  if (accessToken === undefined && refreshToken === undefined) return undefined
  return { ...record, ...(accessToken && { accessToken }), ...(refreshToken && { refreshToken }) }
}

async function resealApp(vault: Resealing, record: App): Promise<App | undefined> {
  let changed = false
  const clientSecrets: App['clientSecrets'][number][] = []
  for (const secret of record.clientSecrets) {
    const sealed = await vault.reseal(clientSecretOf(record, secret.serial), secret.sealed)
    changed ||= sealed !== undefined
    clientSecrets.push({ ...secret, ...(sealed && { sealed }) })
  }
  return changed ? { ...record, clientSecrets } : undefined
}

async function resealSession(vault: Resealing, record: WaitingSession): Promise<WaitingSession | undefined> {
  const code = await vault.reseal(codeOf(record), record.state.code)
  const codeVerifier = await vault.reseal(codeVerifierOf(record), record.state.codeVerifier)
  if (code === undefined && codeVerifier === undefined) return undefined
  return {
    ...record,
    state: { ...record.state, ...(code && { code }), ...(codeVerifier && { codeVerifier }) },
  }
}

async function resealFeed(vault: Resealing, record: SealedFeed): Promise<SealedFeed | undefined> {
  const { endpoint } = record
  const secret = await vault.reseal(feedSecretOf(record, endpoint.serial), endpoint.secret)
  return secret && { ...record, endpoint: { ...endpoint, secret } }
}

async function resealCall(vault: Resealing, record: KeptCall): Promise<KeptCall | undefined> {
  const answer = await vault.reseal(keptAnswerOf(record), record.state.answer)
  return answer && { ...record, state: { ...record.state, answer } }
}
