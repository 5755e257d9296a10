// Works off what is due in one shard: refreshes, probes, owed revocations. The table is the queue: what is not reached
// before the deadline simply stays due. Cost grows with what is due, never with what is stored.

import type { Connection } from './connection.ts'
import type { FreshTokenPorts } from './fresh-token.ts'
import { refOf } from './lease.ts'
import { probeConnection } from './liveness.ts'
import type { DueWork, Services } from './ports.ts'
import { refreshConnection } from './refresh.ts'
import { settleRevocation } from './revocation.ts'
import { later } from './time.ts'

/** How many pieces of work are under way at once. */
const CONCURRENCY = 16
const BATCH = 100
const SUSPENDED_SECONDS = 10 * 60

export interface KeepAliveReport {
  /** Pieces of work by how they ended. */
  readonly [outcome: string]: number
}

type Ports = FreshTokenPorts & Pick<Services, 'dueIndex'>

/**
 * Does what is due in a shard until nothing is, or `mayGoOn` says to stop.
 * @returns how many pieces of work ended how
 */
export async function keepAlive(
  services: Ports,
  shard: number,
  mayGoOn: () => boolean,
): Promise<KeepAliveReport> {
  const report: Record<string, number> = {}
  const startedAt = services.now()
  for (let goOn = true; goOn && mayGoOn(); ) {
    const batch = await services.dueIndex.due(shard, startedAt, BATCH)
    const moved = await inParallel(batch, mayGoOn, async (work) => {
      const outcome = await attempt(services, work)
      report[outcome] = (report[outcome] ?? 0) + 1
      return outcome !== 'error' && outcome !== 'busy'
    })
    // Work that could not move its own due time would come back at once: leave it to the next run.
    goOn = batch.length === BATCH && moved > 0
  }
  services.log.info('Keep-alive run', { shard, ...report })
  return report
}

/** One failing connection must not stop the others: its error is logged, and it stays due. */
async function attempt(services: Ports, work: DueWork): Promise<string> {
  try {
    return work.kind === 'revocation' ? await payDebt(services, work) : await attend(services, work)
  } catch (error) {
    services.log.error('Keep-alive failed for one piece of work', { ...work, error })
    return 'error'
  }
}

async function attend(services: Ports, work: DueWork & { kind: 'connection' }): Promise<string> {
  const connection = await services.connections.get(work)
  // The index is eventually consistent: it may name what is gone or was done a moment ago.
  if (connection?.dueAt === undefined || connection.dueAt > services.now()) return 'not_due'
  const { outcome } =
    connection.credential.kind === 'refreshable'
      ? await refreshConnection(services, connection)
      : await probeConnection(services, connection)
  if (outcome === 'suspended') await postpone(services, connection)
  return outcome
}

/** A suspended tenant's connections are looked at again later; they must not stand in the way of others. */
async function postpone(services: Ports, connection: Connection): Promise<void> {
  const now = services.now()
  const change = { dueAt: later(now, SUSPENDED_SECONDS * (1 + services.chance())), updatedAt: now }
  await services.connections.update(refOf(connection), { generation: connection.generation }, change)
}

async function payDebt(services: Ports, work: DueWork & { kind: 'revocation' }): Promise<string> {
  const debt = await services.revocations.get(work.tenantId, work.revocationId)
  if (debt === undefined || debt.dueAt > services.now()) return 'not_due'
  const outcome = await settleRevocation(services, debt)
  return outcome === 'error' ? outcome : `revocation_${outcome}`
}

/** Runs the work at bounded concurrency; gives how many said true. */
async function inParallel<T>(
  items: readonly T[],
  mayGoOn: () => boolean,
  run: (item: T) => Promise<boolean>,
): Promise<number> {
  const queue = items[Symbol.iterator]()
  let count = 0
  const worker = async () => {
    for (const item of queue) {
      if (!mayGoOn()) return
      if (await run(item)) count += 1
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, worker))
  return count
}
