// What has to be so when it has been calm for more than ten minutes.
import type { Actors } from '../acts.ts'
import type { Stage } from '../stage.ts'
import type { Template } from '../template.ts'
import type { World } from '../world/world.ts'
import { checkEvents } from './events.ts'
import { Violation } from './violation.ts'

export interface CalmCall {
  /** Milliseconds since the calm began. */
  readonly at: number
  readonly status: number
  readonly code: string | undefined
}
export type Calls = ReadonlyMap<string, CalmCall[]>

/** A dead grant is known to callers so long after the calm began, or after ClickFunnels last issued tokens that may be lost. */
const KNOWN_DEAD_MILLISECONDS = 160_000

/** @throws Violation */
export async function checkEnd(
  stage: Stage,
  actors: Actors,
  template: Template,
  calls: Calls,
): Promise<void> {
  const { provider, tokens } = stage
  const held = stage.holdings()
  if (held === undefined) return
  for (const connection of template.connections) {
    const stored = held.connections.get(connection)
    const [number, made] = [template.connections.indexOf(connection), calls.get(connection) ?? []]
    const last = made.at(-1)
    if (stored === undefined) {
      if (last?.status !== 404) throw new Violation('I9', `a connection that is gone answers ${last?.status}`)
      continue
    }
    const row = provider.rows.find(stored.accessToken)
    const lives = row !== undefined && provider.rows.isLive(row)
    const name = `connection ${number} with ${row?.name}`
    // Of a token that cannot be refreshed, only GET /me can take a false refusal back.
    if (lives && stored.status !== 'active' && mayBeUnknown(stage, row.refreshToken !== undefined)) continue
    if (lives && stored.status !== 'active')
      throw new Violation('I3', `${name} is ${stored.status}, but its pair lives`)
    if (lives && last?.status !== 200)
      throw new Violation('I5', `${name} lives and answers ${last?.status} ${last?.code}`)
    if (!lives) {
      const own = provider.rows.all.filter(({ workspace }) => workspace.endsWith(String(number + 1)))
      const since = Math.max(0, ...own.map(({ issuedAt }) => issuedAt - stage.weather.calmAt))
      const known = KNOWN_DEAD_MILLISECONDS + since
      const wrong = made.find(({ at, status }) => at >= known && status !== 409)
      if (wrong && !mayBeUnknown(stage, row?.refreshToken !== undefined))
        throw new Violation('I4', `${name} is dead and answers ${wrong.status} ${wrong.code} at ${wrong.at}`)
    }
    const shown = await actors.show(connection)
    if (shown?.status !== 200) throw new Violation('I9', `${name} cannot be shown: ${shown?.status}`)
  }
  const list = await actors.list()
  if (list?.status !== 200) throw new Violation('I9', `connections cannot be listed: ${list?.status}`)
  for (const row of provider.rows.all) {
    const number = Number(row.workspace.at(-1)) - 1
    const connection = template.connections[number] ?? ''
    const isGone = actors.disconnected.has(connection) && !held.connections.has(connection)
    const known = tokens.wasStored(row) || tokens.wasKept(row)
    // The proof of a revocation is that ClickFunnels refuses the refresh token. Here it lied.
    const isProved = provider.falselyRefused.has(row.refreshToken ?? '')
    const isForgotten = isGone && known && provider.rows.isLive(row) && !tokens.wasReplaced(row)
    if (isForgotten && !isProved && !isGivenUp(stage.world))
      throw new Violation('I8', `${row.name} lives although its connection is gone`)
  }
  checkEvents(stage.world)
  for (const [key, done] of actors.keyed) {
    const times = provider.deeds.get(key)?.times ?? 0
    if (times > 1) throw new Violation('I7', `the call ${key} was carried out ${times} times`)
    if (done && times !== 1)
      throw new Violation('I7', `the call ${key} was answered with 201 and not carried out`)
  }
}

/** The audit trail says that ClickFunnels did not end what it was asked to: it answers 200 and goes on accepting the tokens. */
function isGivenUp({ dynamodb }: World): boolean {
  const rows = [...dynamodb.tables.values()].flatMap((table) => [...table.rows.values()])
  return rows.some(
    ({ item }) => item.action?.S === 'connection.revoke_tokens' && item.reason?.S === 'given up',
  )
}

/** Without a refresh token, only `GET /me` can tell a dead token. */
function mayBeUnknown({ provider }: Stage, hasRefreshToken: boolean): boolean {
  return !hasRefreshToken && provider.me !== 'truth'
}
