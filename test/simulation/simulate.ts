// One run: a copy of the template, some minutes of trouble, and then calm, in which everything has to come right.
import { Actors } from './acts.ts'
import { Follower } from './follower.ts'
import { type Calls, checkEnd } from './model/ending.ts'
import { checkFollower } from './model/events.ts'
import { Violation } from './model/violation.ts'
import { type Plan, planOf } from './plan.ts'
import type { TokenMode } from './provider/rows.ts'
import { startPublishing } from './publishing.ts'
import { startSchedules } from './schedule.ts'
import { type Parts, Stage } from './stage.ts'
import { CLIENT_SECRET, LIFETIME_MILLISECONDS, type Template } from './template.ts'
import { RECOVERY_QUEUE } from './world/our-aws.ts'

export type Templates = Readonly<Record<TokenMode, Template>>

export interface Report {
  readonly seed: number
  readonly violation: string | undefined
  /** What can be dropped when a failure is shrunk: faults and acts. */
  readonly ids: readonly string[]
  /** How often each fault happened. */
  readonly faults: Readonly<Record<string, number>>
  /** State of the connections × fault × call, as far as they were reached together. */
  readonly covered: Readonly<Record<string, number>>
  readonly steps: number
  readonly trace: readonly string[]
}

/** More than the minutes after which the schedule finds what the stream did not bring. */
const PUBLISHED_MILLISECONDS = 130_000
/** When each connection is called in calm, in milliseconds after its beginning. */
const CALLS_AT = [20_000, 85_000, 160_000, 330_000, 700_000]

/** @param allowed only these faults and acts may happen */
export async function simulate(
  parts: Parts,
  templates: Templates,
  seed: number,
  allowed?: ReadonlySet<string>,
): Promise<Report> {
  const plan = planOf(seed, allowed)
  const template = templates[plan.mode]
  const from = template.readyAt + plan.age
  const world = template.world.clone()
  for (const { lateness } of world.dynamodb.tables.values()) lateness.indexMilliseconds = plan.indexLag
  const stage = new Stage(parts, {
    seed,
    world,
    vault: template.vault,
    provider: { ...plan, lifetime: LIFETIME_MILLISECONDS, rows: template.rows },
    secrets: [CLIENT_SECRET],
    from,
    calmAt: from + plan.trouble,
    allowed,
  })
  let violation: string | undefined
  try {
    await stage.drive(play(stage, plan, template))
  } catch (error) {
    violation = error instanceof Violation ? error.message : `broken: ${(error as Error).stack ?? error}`
  }
  const faults: Record<string, number> = {}
  for (const { id, kind } of stage.weather.happened) {
    const name = `${id.split('#')[0]} ${kind}`
    faults[name] = (faults[name] ?? 0) + 1
  }
  return {
    seed,
    violation,
    ids: [...stage.weather.happened.map(({ id }) => id), ...plan.acts.map(({ id }) => id)],
    faults,
    covered: stage.observer.covered,
    steps: stage.timeline.steps,
    trace: stage.observer.trace,
  }
}

async function play(stage: Stage, { acts, trouble }: Plan, template: Template): Promise<void> {
  const { timeline } = stage
  const actors = new Actors(stage, template)
  startSchedules(stage)
  startPublishing(stage)
  const follower = new Follower(stage, template.account)
  const all = acts.map(async (act) => {
    await timeline.sleep(act.at)
    stage.note(`${act.id}: ${act.kind} of connection ${act.number}`)
    await actors.perform(act)
  })
  // A violation must end the run at once, and not when all acts are over.
  for (const act of all) act.catch((error) => stage.fail(error))
  const following = follower.follow(trouble)
  following.catch((error) => stage.fail(error))
  await timeline.sleep(trouble)
  stage.note('calm')
  for (const body of stage.observer.unstored) sendAgain(stage, body)
  const calls: Calls = new Map(template.connections.map((connection) => [connection, []]))
  let before = 0
  for (const at of CALLS_AT) {
    await timeline.sleep(Math.max(0, at - before))
    before = at
    const connections = template.connections.filter((one) => isCalled(stage, one, at))
    await Promise.all(
      connections.map(async (connection, index) => {
        // In an outage one call a second asks ClickFunnels, so two at the same moment would stand in each other's way.
        await timeline.sleep(index * 3_000)
        const answer = await actors.callFunnels(connection)
        stage.note(`calm call of ${connection}: ${answer?.status} ${answer?.json?.code ?? ''}`)
        calls.get(connection)?.push({ at, status: answer?.status ?? 0, code: answer?.json?.code })
      }),
    )
  }
  await Promise.all([...all, following])
  await checkEnd(stage, actors, template, calls)
  // The last call may have changed something: its event is published within a minute, whatever the stream does.
  await timeline.sleep(PUBLISHED_MILLISECONDS)
  await follower.catchUp()
  checkFollower(stage.world, follower.seen)
}

/** What an operator does with a line of the log that holds a message (docs/runbook.md). */
function sendAgain({ world, wall, noteChange }: Stage, MessageBody: string): void {
  world.sqs.call('SendMessage', { QueueUrl: RECOVERY_QUEUE.url, MessageBody }, wall())
  noteChange()
}

/** A connection that looks well is called only in the end. */
function isCalled(stage: Stage, connection: string, at: number): boolean {
  if (at === CALLS_AT.at(-1)) return true
  const stored = stage.holdings()?.connections.get(connection)
  if (stored === undefined) return false
  const row = stage.provider.rows.find(stored.accessToken)
  const isWell = stored.status === 'active' && stored.lastError === undefined && !stored.isLeased
  return !isWell || row === undefined || !stage.provider.rows.isLive(row)
}
