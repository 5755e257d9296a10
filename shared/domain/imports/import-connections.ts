// Imports connections: proves each token, and stores what it proved. Items of one end user are done in order, so that two for the
// same workspace become one connection with the tokens of the first. Items of different end users are done side by side.
import type { Caller } from '../callers/caller.ts'
import { noteConnectionUse } from '../connect/connection-use.ts'
import { chooseApp } from '../connect/start-session.ts'
import type { AppId, EndUserId } from '../ids.ts'
import { suspended, suspensionOf } from '../tenants/suspension.ts'
import type { Deadline } from '../time.ts'
import { judgeDeadToken } from './dead-token.ts'
import { type ImportItem, type ImportResult, type ImportRun, refused } from './import.ts'
import { IMPORT_LANES, ImportPace } from './import-pace.ts'
import { placeImport } from './place-import.ts'
import type { ImportPorts } from './ports.ts'
import { proveToken } from './prove-token.ts'

export interface ImportRequest {
  /** Absent: the first app of the tenant. */
  readonly appId?: AppId
  /** Proves and reports, and stores nothing. */
  readonly dryRun: boolean
  /** An item that breaks a rule is refused with a sentence that names the rule. */
  readonly items: readonly (ImportItem | { readonly malformed: string })[]
}

/**
 * @returns a result for each item, in the order given
 * @throws ServiceError validation_failed when the app is not the tenant's; tenant_suspended; app_suspended; tenant_shredded;
 *   kms_key_unavailable; storage_unavailable
 */
export async function importConnections(
  services: ImportPorts,
  caller: Caller,
  { appId, dryRun, items }: ImportRequest,
  deadline: Deadline,
): Promise<readonly ImportResult[]> {
  const app = await chooseApp(services, caller.tenant.id, appId)
  const tenant = await services.tenants.get(caller.tenant.id)
  const what = suspensionOf(tenant, { appId: app.id })
  if (tenant === undefined || what !== undefined) throw suspended(what ?? 'tenant')
  const sealer = dryRun ? undefined : await services.vault.sealer(tenant.id)
  const run: ImportRun = { caller, tenant, app, sealer, deadline, foreseen: new Set() }
  const pace = new ImportPace(services)
  const results = new Map<number, ImportResult>()
  const waiting = [...byEndUser(items).values()]
  const lane = async (number: number) => {
    while (number < pace.lanes) {
      const group = waiting.shift()
      if (group === undefined) return
      for (const [place, item] of group) results.set(place, await importItem(services, run, pace, item))
    }
  }
  await Promise.all(Array.from({ length: IMPORT_LANES }, (_, number) => lane(number)))
  if ([...results.values()].some(({ status }) => status === 'imported') && !dryRun)
    await noteUse(services, run)
  return items.map((item, place) =>
    'malformed' in item ? refused(item.malformed) : (results.get(place) as ImportResult),
  )
}

function byEndUser(items: ImportRequest['items']): ReadonlyMap<EndUserId, [number, ImportItem][]> {
  const groups = new Map<EndUserId, [number, ImportItem][]>()
  for (const [place, item] of items.entries()) {
    if ('malformed' in item) continue
    const { id } = item.endUser
    groups.set(id, [...(groups.get(id) ?? []), [place, item]])
  }
  return groups
}

/** The fault of one item is its result, so that the caller learns the others'. */
async function importItem(
  services: ImportPorts,
  run: ImportRun,
  pace: ImportPace,
  item: ImportItem,
): Promise<ImportResult> {
  try {
    const proof = await proveToken(services, run, pace, item.accessToken)
    switch (proof.outcome) {
      case 'alive':
        return await placeImport(services, run, item, proof.workspace)
      case 'dead':
        return await judgeDeadToken(services, run, item)
      default:
        return { status: proof.outcome, detail: proof.detail }
    }
  } catch (error) {
    services.log.error('An item was not imported', { ...namesIn(run), error })
    return {
      status: 'unclear',
      detail: 'Whether the item was stored is not known, because of a fault of this service. Send it again.',
    }
  }
}

async function noteUse(services: ImportPorts, run: ImportRun): Promise<void> {
  await noteConnectionUse(services, run.tenant.id).catch((error) => {
    services.log.warn('The use of connections was not noted', { ...namesIn(run), error })
  })
}

function namesIn({ tenant, app }: ImportRun) {
  return { tenant: tenant.id, app: app.id }
}
