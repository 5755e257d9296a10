// The connect link of an item whose token is of no use: with it, the end user connects anew.
import { startSession } from '../connect/start-session.ts'
import type { Connection } from '../connections/connection.ts'
import { ServiceError } from '../errors.ts'
import type { ImportItem, ImportResult, ImportRun } from './import.ts'
import type { ImportPorts } from './ports.ts'

/**
 * Starts a "verified" connect session that returns to the first registered return URL of the tenant. None in a dry run. If there is
 * no link, the detail says why; the tenant can start a session later.
 */
export async function reconnectLink(
  services: ImportPorts,
  { caller, tenant, app, sealer }: ImportRun,
  { endUser, tags }: ImportItem,
  broken?: Pick<Connection, 'id'>,
): Promise<Pick<ImportResult, 'linkSecret' | 'detail'>> {
  if (sealer === undefined) return {}
  const [returnUrl] = tenant.returnUrls
  if (returnUrl === undefined) return { detail: 'No connect link: the tenant has no return URL.' }
  const request = { appId: app.id, endUser, returnUrl, ...(tags && { tags }) }
  try {
    const { linkSecret } = await startSession(services, caller, {
      ...request,
      ...(broken && { connectionId: broken.id }),
    })
    return { linkSecret }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    return { detail: `No connect link: ${error.message}` }
  }
}
