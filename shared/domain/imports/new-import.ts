// Stores a proved token as a new connection. The write has all conditions: that the workspace is not claimed, that the tenant has room
// and is not being deleted, that the app is not suspended.
import { connectionNote } from '../audit/trail.ts'
import { newConnection } from '../connect/place-grant.ts'
import type { Connection } from '../connections/connection.ts'
import { appSuspendedSince } from '../tenants/suspension.ts'
import { isLiving } from '../tenants/tenant.ts'
import { type EpochSeconds, later } from '../time.ts'
import {
  fingerprintOf,
  type ImportItem,
  type ImportResult,
  type ImportRun,
  placeOf,
  refused,
  tokensOf,
} from './import.ts'
import type { ImportPorts } from './ports.ts'
import type { KnownWorkspace } from './prove-token.ts'

/** Tokens of unknown expiry are refreshed within so many seconds, not a day later, when they may have expired. */
const SOON_SECONDS = { least: 60, most: 600 }

export interface Proved extends ImportRun {
  readonly item: ImportItem
  readonly workspace: KnownWorkspace
}

/** `undefined` if the end user has a connection to the workspace by now. */
export async function createImported(
  services: ImportPorts,
  proved: Proved,
): Promise<ImportResult | undefined> {
  const { tenant, app, item, workspace, sealer } = proved
  if (sealer === undefined) return foresee(services, proved)
  const session = { tenantId: tenant.id, appId: app.id, ...annotated(item) }
  const tokens = tokensOf(item, workspace, services.now())
  const dueAt = soonDueAt(services, item)
  const connection = {
    ...newConnection(services, { session, tokens, workspace, sealer }),
    importedFrom: { fingerprint: fingerprintOf(proved, item), generation: 1 },
    ...(dueAt !== undefined && { dueAt }),
  }
  if (!(await services.connections.create(connection, services.limiter.maxConnections(tenant))))
    return whyNotCreated(services, proved)
  await noteImport(services, proved, connection, 'imported')
  return { status: 'imported', connectionId: connection.id, ...detailOf(dueAt) }
}

/** What a dry run tells of a connection that it would create. */
async function foresee(
  services: ImportPorts,
  { tenant, item, workspace, foreseen }: Proved,
): Promise<ImportResult> {
  const place = placeOf(item, workspace)
  if (foreseen.has(place)) return { status: 'updated', detail: 'An item before it is the same connection.' }
  if (await services.limiter.isFull(tenant)) return full(services, tenant)
  foreseen.add(place)
  return { status: 'imported', ...detailOf(soonDueAt(services, item)) }
}

async function whyNotCreated(
  services: ImportPorts,
  { tenant: { id }, app, item, workspace }: Proved,
): Promise<ImportResult | undefined> {
  const tenant = await services.tenants.get(id)
  if (tenant === undefined || !isLiving(tenant)) return refused('The tenant is suspended or deleted.')
  if (appSuspendedSince(tenant, app.id) !== undefined) return refused('The app is suspended.')
  const claimed = await services.connections.findByWorkspace(id, app.id, workspace.id, item.endUser.id)
  return claimed === undefined && (await services.limiter.isFull(tenant)) ? full(services, tenant) : undefined
}

function full({ limiter }: ImportPorts, tenant: ImportRun['tenant']): ImportResult {
  return refused(`The tenant has reached its limit of ${limiter.maxConnections(tenant)} connections.`)
}

export function annotated({ endUser, tags }: ImportItem) {
  return { endUser, ...(tags && { tags }) }
}

/** When tokens of unknown expiry are refreshed. `undefined` for all others. */
export function soonDueAt(
  { now, chance }: Pick<ImportPorts, 'now' | 'chance'>,
  { refreshToken, expiresAt }: ImportItem,
): EpochSeconds | undefined {
  if (refreshToken === undefined || (expiresAt !== undefined && expiresAt > now())) return undefined
  const { least, most } = SOON_SECONDS
  return later(now(), least + (most - least) * chance())
}

function detailOf(dueAt: EpochSeconds | undefined): Pick<ImportResult, 'detail'> {
  return dueAt === undefined
    ? {}
    : {
        detail:
          'When the access token expires is not known, so the service refreshes it within 10 minutes. End your own refreshes first.',
      }
}

export function noteImport(
  services: ImportPorts,
  { caller }: ImportRun,
  connection: Connection,
  reason: string,
): Promise<void> {
  const { actor } = caller
  return services.audit.note(
    connectionNote(connection, 'connection.import', {
      ...(actor.kind === 'api_key' && { actor: { kind: 'api_key', id: actor.id } }),
      reason,
    }),
  )
}
