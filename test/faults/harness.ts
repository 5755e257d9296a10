// One run. A connection is due. Processes refresh it while things go wrong, and are killed and restarted. Its end
// user may reconnect or disconnect meanwhile. Then nothing goes wrong any more, and everything has to come right.

import { refOf } from '#domain/connections/connection.ts'
import type { ConnectionId } from '#domain/ids.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { refreshNow, usableToken } from '#domain/tokens/fresh-token.ts'
import { recoverTokenRotation } from '#domain/tokens/recover-rotation.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { awaitsConfirmation } from '#domain/tokens/verdict.ts'
import { connectedScene, Scene } from '../fakes/scene.ts'
import { checkReconnect, checkRows, type Ending, endingOf } from './checks.ts'
import type { Act, Plan } from './plan.ts'
import { Process, type World } from './process.ts'
import { Turns } from './turns.ts'
import { Violation, Watch } from './watch.ts'
import { Weather } from './weather.ts'

export interface RunReport {
  readonly ending: Ending
  /** Where processes were killed. */
  readonly killedAt: readonly string[]
  readonly faults: Readonly<Record<string, number>>
  readonly beyondUs: number
  readonly isReconnected: boolean
  readonly trace: readonly string[]
}

/** After this much virtual time everything must have come right. */
const MAX_MINUTES = 12 * 60

/** What the stages of a run share. */
interface Run {
  readonly plan: Plan
  readonly scene: Scene
  readonly world: World
  readonly connectionId: ConnectionId
  readonly processes: Process[]
}

/** @throws Violation, with the trace of the run */
export async function runPlan(plan: Plan): Promise<RunReport> {
  const run = await setUp(plan)
  const { watch } = run.world
  try {
    await goWrong(run)
    return reportOf(run, await comeRight(run))
  } catch (error) {
    const reason = error instanceof Error ? (error instanceof Violation ? error.message : error.stack) : error
    throw new Violation(`seed ${plan.seed}, mode ${plan.mode}: ${reason}\n${watch.trace.join('\n')}`)
  }
}

async function setUp(plan: Plan): Promise<Run> {
  const { scene, services: base, connection } = await connectedScene(plan.mode)
  base.clock.advance((connection.dueAt ?? 0) - base.now() + plan.late)
  const turns = new Turns(base.clock, plan.chance)
  const weather = new Weather(plan, base.clock.milliseconds)
  const world = { base, turns, weather, watch: new Watch(base, connection) }
  return { plan, scene, world, connectionId: connection.id, processes: [] }
}

/** Lets the workers and the end user act while the plan's faults happen. */
async function goWrong(run: Run): Promise<void> {
  const { plan, world } = run
  const tasks = [
    ...plan.workers.map((acts) => work(run, acts)),
    ...plan.users.map((user) => visit(run, user)),
  ]
  await world.turns.run(tasks, () => world.watch.look())
}

/** Lets one process without faults do what is left to do, and checks what came of it. */
async function comeRight({ plan, world }: Run): Promise<Ending> {
  const { turns, weather, watch } = world
  weather.calmDown()
  watch.note('calm')
  const healer = new Process('healer', world)
  await turns.run([heal(healer, world)], () => watch.look())
  const ending = endingOf(plan.mode, watch)
  if (ending === 'active') await turns.run([proveAlive(healer, world)], () => watch.look())
  return ending
}

function reportOf({ plan, processes, world }: Run, ending: Ending): RunReport {
  const { base, weather, watch } = world
  return {
    ending,
    killedAt: processes.flatMap(({ killedAt }) => killedAt ?? []),
    faults: weather.counts,
    beyondUs: checkRows(plan.mode, base, watch),
    isReconnected: watch.reconnectedAt !== undefined,
    trace: watch.trace,
  }
}

function start({ plan, processes, world }: Run, name: string): Process {
  const number = processes.length
  const { freeze } = plan
  const process = new Process(`${name}${number}`, world, {
    killAt: plan.kills[number],
    ...(freeze?.process === number && { freeze }),
  })
  processes.push(process)
  return process
}

/** A worker does one thing after the other. When its process is killed, another one goes on. */
async function work(run: Run, acts: Plan['workers'][number]): Promise<void> {
  let process = start(run, 'worker-')
  for (const { act, pause } of acts) {
    await run.world.turns.wait(pause)
    if (process.killedAt !== undefined) process = start(run, 'worker-')
    await attempt(() => ACTS[act](process, run.scene, run.world), process, run.world)
  }
}

/** The end user reconnects or disconnects at some moment. */
async function visit(run: Run, { act, at }: Plan['users'][number]): Promise<void> {
  const { scene, connectionId, world } = run
  await world.turns.wait(at)
  const process = start(run, 'user-')
  const visitor = new Scene(process.services, scene.caller, scene.app)
  const actNow = () =>
    act === 'disconnect'
      ? disconnect(process.services, scene.caller, connectionId)
      : visitor.connect({ connectionId })
  await attempt(actNow, process, world)
}

const ACTS: Record<Act, (process: Process, scene: Scene, world: World) => Promise<unknown>> = {
  keep_alive: ({ services }, _, world) => keepAliveOnce(services, world),
  use: async ({ services }, _, { watch, base }) => {
    const connection = watch.connection()
    if (connection === undefined) return
    const { accessToken } = await usableToken(services, refOf(connection))
    // The first use of the token ends the token set before it.
    base.clickfunnels.tokens.present(accessToken.reveal())
  },
  refresh_now: async ({ services }, { caller }, { watch }) => {
    const connection = watch.connection()
    if (connection !== undefined) await refreshNow(services, caller, connection.id)
  },
  deliver: ({ services }, _, world) => deliver(services, world),
}

/** An act may fail, since its caller gets the error. Only what is lost is a violation. */
async function attempt(act: () => Promise<unknown>, { name }: Process, { watch }: World): Promise<void> {
  await act().catch((error: unknown) => watch.note(`${name} threw ${error}`))
}

async function keepAliveOnce(services: Process['services'], { base }: World): Promise<void> {
  if (base.connections.items.size + base.revocations.items.size === 0) return
  await keepAlive(services, { shard: 0, of: 1 }, () => true)
}

/** Delivers each message of the recovery queue at least once. */
async function deliver(services: Process['services'], { base, weather }: World): Promise<void> {
  const { sent } = base.recoveryQueue
  for (const rotation of [...sent]) {
    await recoverTokenRotation(services, rotation)
    if (weather.fraction() < 0.7 && sent.includes(rotation)) sent.splice(sent.indexOf(rotation), 1)
  }
}

/** Runs keep-alive each minute, and the recovery queue, until there is nothing left to do. */
async function heal({ services }: Process, world: World): Promise<void> {
  const { base, turns } = world
  for (let minutes = 0; minutes < MAX_MINUTES; ) {
    await deliver(services, world).catch(() => undefined)
    await keepAliveOnce(services, world)
    const connection = world.watch.connection()
    const troubled = connection?.state.status === 'active' && isTroubled(connection, base.now())
    // A first refusal is settled by the second look.
    const refused = connection !== undefined && awaitsConfirmation(connection)
    // At least two minutes, so that every request that timed out is over at the provider, too.
    const left = base.revocations.items.size + base.recoveryQueue.sent.length
    if (minutes > 2 && left === 0 && !troubled && !refused) return
    minutes += 1
    await turns.wait(60_000)
  }
  throw new Violation('It never comes to rest')
}

function isTroubled(
  {
    lastError,
    dueAt,
    lease,
  }: { readonly lastError?: string; readonly dueAt?: number; readonly lease?: object },
  now: number,
): boolean {
  return lastError !== undefined || lease !== undefined || dueAt === undefined || dueAt <= now
}

/** The stored tokens work at the provider, and can be refreshed. */
async function proveAlive({ services }: Process, { base, watch }: World): Promise<void> {
  const connection = watch.connection()
  if (connection === undefined) return
  checkReconnect(watch, connection)
  const present = (token: string | undefined) => {
    if (base.clickfunnels.tokens.present(token ?? '') === undefined)
      throw new Violation(`The stored access token does not work: ${watch.rowName(token ?? '')}`)
  }
  present(watch.stored.at(-1))
  const { outcome } = await refreshConnection(services, connection)
  if (outcome !== 'refreshed') throw new Violation(`Another refresh ends in ${outcome}`)
  await watch.look()
  present(watch.stored.at(-1))
}
