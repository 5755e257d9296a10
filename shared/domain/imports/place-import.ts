// Finds the place of a proved token: a new connection, or the one that this end user already has to the workspace. A connection that
// works keeps its tokens, because those of an import may be older. Every write depends on what was read, so of two imports at once
// one writes and the other finds what it wrote.
import { type Connection, refOf } from '../connections/connection.ts'
import type { ConnectionChange } from '../connections/connection-store.ts'
import { untilUnchanged } from '../repeat.ts'
import { revocationOfReplaced } from '../revocation/revocation.ts'
import type { Tags } from '../tenants/annotations.ts'
import { changeForTokens } from '../tokens/new-tokens.ts'
import type { Sealer } from '../vault/vault.ts'
import { fingerprintOf, type ImportItem, type ImportResult, type ImportRun, tokensOf } from './import.ts'
import { annotated, createImported, noteImport, type Proved, soonDueAt } from './new-import.ts'
import type { ImportPorts } from './ports.ts'
import type { KnownWorkspace } from './prove-token.ts'
import { reconnectLink } from './reconnect-link.ts'

/** @throws what failed; the store may have carried out the write all the same */
export async function placeImport(
  services: ImportPorts,
  run: ImportRun,
  item: ImportItem,
  workspace: KnownWorkspace,
): Promise<ImportResult> {
  const { tenant, app } = run
  const proved = { ...run, item, workspace }
  return untilUnchanged(`The connection of an imported token (app "${app.id}")`, async () => {
    const tenantId = tenant.id
    const found = await services.connections.findByWorkspace(tenantId, app.id, workspace.id, item.endUser.id)
    if (found === undefined) return createImported(services, proved)
    const current = await services.connections.get({ tenantId, connectionId: found })
    if (current === undefined) return undefined
    return current.state.status === 'active'
      ? keepTokens(services, proved, current)
      : replaceTokens(services, proved, current)
  })
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
  await noteImport(services, proved, current, 'updated')
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
