// What becomes of an item whose access token ClickFunnels refuses with 401.
import { untilUnchanged } from '../repeat.ts'
import { fingerprintOf, type ImportItem, type ImportResult, type ImportRun, refused } from './import.ts'
import { keepTokens } from './place-import.ts'
import type { ImportPorts } from './ports.ts'
import { reconnectLink } from './reconnect-link.ts'

/** More connections than an end user has to the workspaces of one app. */
const MAX_OF_END_USER = 100

const REFUSED = 'ClickFunnels refuses the access token (401).'

/**
 * A token that was imported before may have been refreshed since: then the connection stands as it is. An access token that has
 * expired says nothing about its refresh token. Any other is dead.
 */
export async function judgeDeadToken(
  services: ImportPorts,
  run: ImportRun,
  item: ImportItem,
): Promise<ImportResult> {
  const before = await untilUnchanged('An imported connection', async () => {
    const current = await importedBefore(services, run, item)
    if (current === undefined) return 'none'
    return current.state.status === 'active' ? keepTokens(services, { ...run, item }, current) : current
  })
  if (before !== 'none' && 'status' in before) return before
  const hasExpired = item.expiresAt !== undefined && item.expiresAt <= services.now()
  if (before === 'none' && hasExpired && item.refreshToken !== undefined)
    return refused(
      'The access token has expired, and its refresh token is not tried. Refresh it once more in your own system, and import the new tokens.',
    )
  const broken = before === 'none' ? undefined : before
  const link = await reconnectLink(services, run, item, broken)
  const next = link.linkSecret === undefined ? '' : ' With the connect link, the end user can connect again.'
  return {
    ...link,
    status: 'dead',
    ...(broken && { connectionId: broken.id }),
    detail: `${REFUSED}${link.detail === undefined ? next : ` ${link.detail}`}`,
  }
}

async function importedBefore({ connections }: ImportPorts, run: ImportRun, item: ImportItem) {
  const fingerprint = fingerprintOf(run, item)
  const filter = { endUserId: item.endUser.id, appId: run.app.id }
  const { items } = await connections.list(run.tenant.id, filter, MAX_OF_END_USER)
  return items.find(({ importedFrom }) => importedFrom?.fingerprint === fingerprint)
}
