// Works off what is due in one shard: refreshes, probes, owed revocations. The table is the queue: what is not reached
// before the deadline simply stays due. Cost grows with what is due, never with what is stored. Each app has a lane of
// its own (lanes.ts): one whose provider is down, or whose credentials are refused, takes nothing from the others.

import { type Connection, expiryOf, refOf } from '../connections/connection.ts'
import { isPaced } from '../connections/pace.ts'
import { type EpochSeconds, later } from '../time.ts'
import type { FreshTokenPorts } from '../tokens/fresh-token.ts'
import { type LivenessOutcome, probeConnection } from '../tokens/probe.ts'
import { type RefreshOutcome, refreshConnection } from '../tokens/refresh.ts'
import { ruleOf } from '../tokens/refresh-rules.ts'
import { attemptRevocation } from '../tokens/revocation.ts'
import type { DueCursor, DueWork } from './due.ts'
import { type LaneSignal, runInLanes } from './lanes.ts'
import type { KeepAlivePorts } from './ports.ts'

const LIMITS = { overall: 32, perLane: 8, waiting: 10_000 }
const PAGE = 500
const SUSPENDED_SECONDS = 10 * 60
const PACED_SECONDS = 60
/** With less than this left of a token, its refresh waits for nobody. */
const URGENT_SECONDS = 5 * 60

export interface KeepAliveReport {
  /** Pieces of work by how they ended; "waiting": left for a run when their app is well again. */
  readonly [outcome: string]: number
}

type Ports = FreshTokenPorts & Pick<KeepAlivePorts, 'dueIndex'>
interface Ended {
  readonly outcome: string
  readonly signal: LaneSignal
}

/**
 * Does what is due in a shard, oldest first and each piece once, until nothing is left or `mayGoOn` says to stop.
 * @returns how many pieces of work ended how
 */
export async function keepAlive(
  services: Ports,
  shard: number,
  mayGoOn: () => boolean,
): Promise<KeepAliveReport> {
  const report: Record<string, number> = {}
  const waiting = await runInLanes(
    pages(services, shard),
    ({ tenantId, appId }) => `${tenantId}/${appId}`,
    async (work) => {
      const { outcome, signal } = await attempt(services, work)
      report[outcome] = (report[outcome] ?? 0) + 1
      return signal
    },
    mayGoOn,
    LIMITS,
  )
  if (waiting > 0) report.waiting = waiting
  services.log.info('Keep-alive run', { shard, ...report })
  return report
}

/** What was due when the run began, page by page. */
function pages(services: Ports, shard: number): () => Promise<readonly DueWork[] | undefined> {
  const startedAt = services.now()
  let after: DueCursor | 'end' | undefined
  return async () => {
    if (after === 'end') return undefined
    const { items, next } = await services.dueIndex.due(shard, startedAt, PAGE, after)
    after = next ?? 'end'
    return items
  }
}

/** One failing connection must not stop the others: its error is logged, and it stays due. */
async function attempt(services: Ports, work: DueWork): Promise<Ended> {
  try {
    return work.kind === 'revocation'
      ? await processDueRevocation(services, work)
      : await processDueConnection(services, work)
  } catch (error) {
    services.log.error('Keep-alive failed for one piece of work', { ...work, error })
    return { outcome: 'error', signal: 'trouble' }
  }
}

async function processDueConnection(services: Ports, work: DueWork & { kind: 'connection' }): Promise<Ended> {
  const connection = await services.connections.get(work)
  // The index is eventually consistent: it may name what is gone or was done a moment ago.
  if (connection?.dueAt === undefined || connection.dueAt > services.now()) {
    return { outcome: 'not_due', signal: 'good' }
  }
  if (isPaced(connection, services.now()) && mayWait(connection, services.now())) {
    await postpone(services, connection, PACED_SECONDS)
    return { outcome: 'deferred', signal: 'good' }
  }
  const ended =
    connection.credential.kind === 'refreshable'
      ? await refreshConnection(services, connection)
      : await probeConnection(services, connection)
  if (ended.outcome === 'suspended') await postpone(services, connection, SUSPENDED_SECONDS)
  return { outcome: ended.outcome, signal: signalOf(ended) }
}

/** What an outcome says about the work that is still to be done for the same app. */
function signalOf(ended: RefreshOutcome | LivenessOutcome): LaneSignal {
  switch (ended.outcome) {
    case 'app_refused':
      return 'closed'
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

/** Whether there is time: callers come before work in the background where ClickFunnels limits both. */
function mayWait({ credential }: Connection, now: EpochSeconds): boolean {
  const expiresAt = expiryOf(credential)
  return expiresAt === undefined || expiresAt > later(now, URGENT_SECONDS)
}

/** Looked at again later, by chance up to twice the time: it must not stand in the way of others. */
async function postpone(services: Ports, connection: Connection, seconds: number): Promise<void> {
  const now = services.now()
  const change = { dueAt: later(now, seconds * (1 + services.chance())), updatedAt: now }
  await services.connections.update(refOf(connection), { generation: connection.generation }, change)
}

async function processDueRevocation(services: Ports, work: DueWork & { kind: 'revocation' }): Promise<Ended> {
  const revocation = await services.revocations.get(work.tenantId, work.revocationId)
  if (revocation === undefined || revocation.dueAt > services.now())
    return { outcome: 'not_due', signal: 'good' }
  const outcome = await attemptRevocation(services, revocation)
  const signal = outcome === 'settled' ? 'good' : 'trouble'
  return { outcome: outcome === 'error' ? outcome : `revocation_${outcome}`, signal }
}
