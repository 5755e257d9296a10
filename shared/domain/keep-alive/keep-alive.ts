// Does the work that is due in one shard: refreshes, probes, revocations, feeds of ClickFunnels' events. The table is the queue: what a run does not
// reach stays due. The cost grows with what is due, not with what is stored. Each app has its own lane (lanes.ts), so
// that an app whose provider is down or whose credentials are refused takes nothing from the others.
import { type Connection, expiryOf } from '../connections/connection.ts'
import type { FeedPorts } from '../feeds/ports.ts'
import { attemptRevocation } from '../revocation/revocation.ts'
import { type Deadline, deadlineIn, type EpochSeconds } from '../time.ts'
import type { FreshTokenPorts } from '../tokens/await-refresh.ts'
import { type ProbeResult, probeConnection } from '../tokens/probe.ts'
import { type RefreshOutcome, refreshConnection } from '../tokens/refresh.ts'
import { ruleOf } from '../tokens/refresh-rules.ts'
import { DUE_PARTITIONS, type DueCursor, type DueWork } from './due.ts'
import { type LaneSignal, runInLanes } from './lanes.ts'
import type { KeepAlivePorts } from './ports.ts'
import { postpone, putOff, SUSPENDED_SECONDS, setDue } from './put-off.ts'
import { withRememberedReads } from './remembered-reads.ts'
import { type Ended, type KeepAliveReport, RunReport } from './run-report.ts'

/** A lane's waiting work is a little more than a run can do for it, so reading on costs no time of its own. */
const LIMITS = { overall: 32, perLane: 8, waiting: 50_000, waitingPerLane: 5000 }
const PAGE = 500

/** The message of a run's log line. Metrics and alarms count it. */
export const KEEP_ALIVE_RUN = 'Keep-alive run'

/** Which of how many runs side by side this is. It works on the partitions whose number leaves `shard` when divided by `of`. */
export interface Share {
  readonly shard: number
  readonly of: number
}

type Ports = FreshTokenPorts & FeedPorts & Pick<KeepAlivePorts, 'dueIndex'>

/**
 * Does a share of what is due, oldest first and each piece once, until nothing is left or `mayGoOn` says to stop.
 * @param deadline of the run. Without it, each piece has the time of a call
 */
export async function keepAlive(
  stored: Ports,
  share: Share,
  mayGoOn: () => boolean,
  deadline?: Deadline,
): Promise<KeepAliveReport> {
  const services = withRememberedReads(stored)
  const report = new RunReport(services.now)
  await runInLanes(
    duePages(services, share),
    laneOf,
    async (work) => {
      const begunAt = services.now()
      const ended = await attempt(services, work, deadline ?? deadlineIn(begunAt))
      report.note(work, begunAt, ended)
      return ended.signal
    },
    mayGoOn,
    LIMITS,
    (work, reason) => report.leave(work, reason),
  )
  services.log.info(KEEP_ALIVE_RUN, { ...share, ...report.line() })
  return report.outcomes()
}

/** What was due when the run began, page by page, the partitions in turn. The first one is chosen by chance. */
function duePages(services: Ports, { shard, of }: Share): () => Promise<readonly DueWork[] | undefined> {
  const startedAt = services.now()
  const unread: { readonly partition: number; readonly after?: DueCursor }[] = []
  for (let partition = shard; partition < DUE_PARTITIONS; partition += of) unread.push({ partition })
  unread.push(...unread.splice(0, Math.floor(services.chance() * unread.length)))
  return async () => {
    const position = unread.shift()
    if (position === undefined) return undefined
    const { partition, after } = position
    const { items, next } = await services.dueIndex.due(partition, startedAt, PAGE, after)
    if (next !== undefined) unread.push({ partition, after: next })
    return items
  }
}

/** Does one piece of work. Its error is logged and it stays due, so that it does not stop the others. */
async function attempt(services: Ports, work: DueWork, deadline: Deadline): Promise<Ended> {
  try {
    switch (work.kind) {
      case 'revocation':
        return await processDueRevocation(services, work, deadline)
      case 'feed':
        return await (await import('./feed-work.ts')).processDueFeed(services, work, deadline)
      case 'connection':
        return await processDueConnection(services, work, deadline)
    }
  } catch (error) {
    services.log.error('Keep-alive failed for one piece of work', { ...work, error })
    return { outcome: 'error', signal: 'trouble' }
  }
}

/** Feeds have lanes of their own, so that no token waits for the repair of a feed. */
function laneOf({ tenantId, appId, kind }: DueWork): string {
  return kind === 'feed' ? `${tenantId}/${appId}/feeds` : `${tenantId}/${appId}`
}

async function processDueConnection(
  services: Ports,
  work: DueWork & { kind: 'connection' },
  deadline: Deadline,
): Promise<Ended> {
  const connection = await services.connections.get(work)
  // The index is eventually consistent: it may name work that is gone or was done a moment ago.
  if (connection?.dueAt === undefined || connection.dueAt > services.now()) {
    return { outcome: 'not_due', signal: 'good' }
  }
  const waits = await putOff(services, connection)
  if (waits !== undefined) return { outcome: waits, signal: 'good' }
  const begunAt = services.now()
  const ended =
    connection.credential.kind === 'refreshable'
      ? await refreshConnection(services, connection, 'schedule', deadline)
      : await probeConnection(services, connection)
  if (connection.feed === undefined && isGood(ended)) await startFeedIfWanted(services, connection)
  // The connections of a deleted app have nothing to wait for.
  if (ended.outcome === 'app_gone') await setDue(services, connection, null)
  if (ended.outcome === 'suspended') await postpone(services, connection, SUSPENDED_SECONDS)
  const late = ended.outcome === 'refreshed' && isLate(connection, begunAt)
  return { outcome: ended.outcome, signal: signalOf(ended), late }
}

/** Whether the token had expired. A connection that was put off beyond that, because it was not used, is not late. */
function isLate({ credential, dueAt, consecutiveFailures }: Connection, begunAt: EpochSeconds): boolean {
  const expiresAt = expiryOf(credential)
  if (expiresAt === undefined || expiresAt > begunAt) return false
  return consecutiveFailures > 0 || dueAt === undefined || dueAt <= expiresAt
}

/** Work that shows that the token works. */
function isGood({ outcome }: RefreshOutcome | ProbeResult): boolean {
  return outcome === 'refreshed' || outcome === 'alive'
}

/** Starts the feed of a connection that has none, if its app wants events. */
async function startFeedIfWanted(services: Ports, connection: Connection): Promise<void> {
  const app = await services.apps.get(connection.tenantId, connection.appId)
  if (app?.eventTypes !== undefined)
    await (await import('./feed-work.ts')).startMissingFeed(services, app, connection)
}

/** What an outcome means for the other work of the same app. */
function signalOf(ended: RefreshOutcome | ProbeResult): LaneSignal {
  switch (ended.outcome) {
    case 'app_refused':
    case 'provider_down':
      return 'closed'
    case 'reauthorization_required':
      return ended.held ? 'closed' : 'good'
    case 'unclear':
      return ended.outage ? 'closed' : 'trouble'
    case 'failed': {
      const { blames } = ruleOf(ended.error)
      if (blames === 'app' || ended.outage) return 'closed'
      return blames === 'provider' ? 'trouble' : 'good'
    }
    default:
      return 'good'
  }
}

async function processDueRevocation(
  services: Ports,
  work: DueWork & { kind: 'revocation' },
  deadline: Deadline,
): Promise<Ended> {
  const revocation = await services.revocations.get(work.tenantId, work.revocationId)
  if (revocation === undefined || revocation.dueAt > services.now())
    return { outcome: 'not_due', signal: 'good' }
  const outcome = await attemptRevocation(services, revocation, deadline)
  const signal = outcome === 'settled' ? 'good' : 'trouble'
  return { outcome: outcome === 'error' ? outcome : `revocation_${outcome}`, signal }
}
