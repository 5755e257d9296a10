// Finds the place of a proved token: a new connection, or the one that this end user already has to the workspace. A connection that
// works keeps its tokens, because those of an import may be older. Every write depends on what was read, so of two imports at once
// one writes and the other finds what it wrote.
import { connectionNote } from '../audit/trail.ts'
import { newConnection } from '../connect/place-grant.ts'
import { type Connection, refOf } from '../connections/connection.ts'
import type { ConnectionChange } from '../connections/connection-store.ts'
import { untilUnchanged } from '../repeat.ts'
import { revocationOfReplaced } from '../revocation/revocation.ts'
import type { Tags } from '../tenants/annotations.ts'
import { appSuspendedSince } from '../tenants/suspension.ts'
import { isLiving } from '../tenants/tenant.ts'
import { type EpochSeconds, later } from '../time.ts'
import { changeForTokens } from '../tokens/new-tokens.ts'
import type { Sealer } from '../vault/vault.ts'
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
import { reconnectLink } from './reconnect-link.ts'

/** Tokens of unknown expiry are refreshed within so many seconds, not a day later, when they may have expired. */
const SOON_SECONDS = { least: 60, most: 600 }

interface Proved extends ImportRun {
  readonly item: ImportItem
  readonly workspace: KnownWorkspace
}

/** @throws what failed; the store may have carried out the write all the same */
export async function placeImport(
  services: ImportPorts,
  run: ImportRun,
  item: ImportItem,
  workspace: KnownWorkspace,
): Promise<ImportResult> {
  const { caller, app } = run
  const proved = { ...run, item, workspace }
  return untilUnchanged(`The connection of an imported token (app "${app.id}")`, async () => {
    const tenantId = caller.tenant.id
    const found = await services.connections.findByWorkspace(tenantId, app.id, workspace.id, item.endUser.id)
    if (found === undefined) return create(services, proved)
    const current = await services.connections.get({ tenantId, connectionId: found })
    if (current === undefined) return undefined
    return current.state.status === 'active'
      ? keepTokens(services, proved, current)
      : replaceTokens(services, proved, current)
  })
}

async function create(services: ImportPorts, proved: Proved): Promise<ImportResult | undefined> {
  const { caller, app, item, workspace, sealer, foreseen } = proved
  const tenant = await services.tenants.get(caller.tenant.id)
  // The write has the same conditions. If it fails because one of them changed, the next attempt ends here.
  if (tenant === undefined || !isLiving(tenant)) return refused('The tenant is suspended or deleted.')
  if (appSuspendedSince(tenant, app.id) !== undefined) return refused('The app is suspended.')
  const max = services.limiter.maxConnections(tenant)
  const full = refused(`The tenant has reached its limit of ${max} connections.`)
  if (sealer === undefined) {
    const place = placeOf(item, workspace)
    if (foreseen.has(place)) return { status: 'updated', detail: 'An item before it is the same connection.' }
    if (await services.limiter.isFull(tenant)) return full
    foreseen.add(place)
    return { status: 'imported', ...detailOf(soonDueAt(services, item)) }
  }
  const session = { tenantId: tenant.id, appId: app.id, ...annotated(item) }
  const tokens = tokensOf(item, workspace, services.now())
  const dueAt = soonDueAt(services, item)
  const connection = {
    ...newConnection(services, { session, tokens, workspace, sealer }),
    importedFrom: { fingerprint: fingerprintOf(proved, item), generation: 1 },
    ...(dueAt !== undefined && { dueAt }),
  }
  if (await services.connections.create(connection, max)) {
    await note(services, proved, connection, 'imported')
    return { status: 'imported', connectionId: connection.id, ...detailOf(dueAt) }
  }
  const claimed = await services.connections.findByWorkspace(tenant.id, app.id, workspace.id, item.endUser.id)
  return claimed === undefined && (await services.limiter.isFull(tenant)) ? full : undefined
}

/** Also for a token that ClickFunnels refuses by now, if it was imported before. */
export async function keepTokens(
  services: ImportPorts,
  { item, sealer }: Pick<Proved, 'item' | 'sealer'>,
  current: Connection,
): Promise<ImportResult | undefined> {
  const { endUser, tags } = item
  const renamed = endUser.displayName !== undefined && endUser.displayName !== current.endUser.displayName
  const retagged = tags !== undefined && !areEqual(tags, current.tags ?? {})
  if (sealer !== undefined && (renamed || retagged)) {
    const change = {
      ...(renamed && { endUser }),
      ...(retagged && { tags }),
      updatedAt: services.now(),
    }
    const { generation } = current
    if (!(await services.connections.update(refOf(current), { generation }, change, current)))
      return undefined
  }
  return {
    status: 'updated',
    connectionId: current.id,
    detail: 'The connection is active and keeps the tokens that it has.',
  }
}

async function replaceTokens(
  services: ImportPorts,
  proved: Proved,
  current: Connection,
): Promise<ImportResult | undefined> {
  const { item, workspace, sealer } = proved
  const fingerprint = fingerprintOf(proved, item)
  const { importedFrom } = current
  // The connection has had the successors of these tokens. ClickFunnels would refuse the refresh token.
  if (importedFrom?.fingerprint === fingerprint && importedFrom.generation < current.generation)
    return {
      ...(await reconnectLink(services, proved, item, current)),
      status: 'refused',
      connectionId: current.id,
      detail:
        'These tokens were imported before and have been replaced since. The end user has to connect again.',
    }
  const done = {
    status: 'updated',
    connectionId: current.id,
    detail: 'The connection needed a new approval. It works again, with the tokens of this item.',
  } as const
  if (sealer === undefined) return done
  const tokens = tokensOf(item, workspace, services.now())
  const change = changeForImport(services, sealer, current, item, tokens)
  const { generation } = change
  const former = await revocationOfReplaced(services, current, tokens)
  const replaced = await services.connections.replaceGrant(
    current,
    {
      ...change,
      workspace: { ...current.workspace, ...workspace },
      scopes: tokens.scopes,
      importedFrom: { fingerprint, generation },
    },
    // The schedule revokes them, so that the other items need not wait.
    former,
  )
  if (!replaced) return undefined
  await note(services, proved, current, 'updated')
  return done
}

function changeForImport(
  services: ImportPorts,
  sealer: Sealer,
  current: Connection,
  item: ImportItem,
  tokens: ReturnType<typeof tokensOf>,
): ConnectionChange & { readonly generation: number } {
  const dueAt = soonDueAt(services, item)
  return {
    ...changeForTokens(services, sealer, current, tokens),
    ...annotated({ ...item, endUser: { ...current.endUser, ...item.endUser } }),
    ...(dueAt !== undefined && { dueAt }),
    generation: current.generation + 1,
  }
}

function areEqual(one: Tags, other: Tags): boolean {
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key])
}

function annotated({ endUser, tags }: ImportItem) {
  return { endUser, ...(tags && { tags }) }
}

/** When tokens of unknown expiry are refreshed. `undefined` for all others. */
function soonDueAt(
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

function note(
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
