// One run: a connection that is due, processes that refresh it while things go wrong and get killed and restarted, an end
// user who reconnects or disconnects meanwhile. Then nothing goes wrong any more, and everything has to come right.

import { dueShardOf } from '#adapters/dynamodb/schema.ts'
import { refOf } from '#domain/connections/connection.ts'
import { keepAlive } from '#domain/keep-alive/keep-alive.ts'
import { disconnect } from '#domain/tokens/disconnect.ts'
import { refreshNow, usableToken } from '#domain/tokens/fresh-token.ts'
import { recoverTokenRotation } from '#domain/tokens/recover-rotation.ts'
import { refreshConnection } from '#domain/tokens/refresh.ts'
import { connectedScene, Scene } from '../fakes/scene.ts'
import { checkReconnect, checkRows, type Ending, endingOf } from './checks.ts'
import type { Act, Plan, UserAct } from './plan.ts'
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

/** After so much virtual time everything must have come right. */
const MAX_MINUTES = 12 * 60

/** @throws Violation, with the trace of the run */
export async function runPlan(plan: Plan): Promise<RunReport> {
  const { scene, services: base, connection } = await connectedScene(plan.mode)
  base.clock.advance((connection.dueAt ?? 0) - base.now() + plan.late)
  const turns = new Turns(base.clock, plan.chance)
  const weather = new Weather(plan, base.clock.milliseconds)
  const watch = new Watch(base, connection)
  const world: World = { base, turns, weather, watch }
  const processes: Process[] = []
  const start = (name: string) => {
    const number = processes.length
    const { freeze } = plan
    const process = new Process(`${name}${number}`, world, {
      killAt: plan.kills[number],
      ...(freeze?.process === number && { freeze }),
    })
    processes.push(process)
    return process
  }

  const work = async (acts: Plan['workers'][number]) => {
    let process = start('worker-')
    for (const { act, pause } of acts) {
      await turns.wait(pause)
      if (process.killedAt !== undefined) process = start('worker-')
      await attempt(() => ACTS[act](process, scene, world), process, world)
    }
  }
  const visit = async (act: UserAct, at: number) => {
    await turns.wait(at)
    const process = start('user-')
    const visitor = new Scene(process.services, scene.caller, scene.app)
    await attempt(
      () =>
        act === 'disconnect'
          ? disconnect(process.services, scene.caller, connection.id)
          : visitor.connect({ connectionId: connection.id }),
      process,
      world,
    )
  }
  try {
    await turns.run([...plan.workers.map(work), ...plan.users.map(({ act, at }) => visit(act, at))], () =>
      watch.look(),
    )
    weather.calmDown()
    watch.note('calm')
    const healer = new Process('healer', world)
    await turns.run([heal(healer, world)], () => watch.look())
    const ending = endingOf(plan.mode, watch)
    if (ending === 'active') await turns.run([proveAlive(healer, world)], () => watch.look())
    return {
      ending,
      killedAt: processes.flatMap(({ killedAt }) => killedAt ?? []),
      faults: weather.counts,
      beyondUs: checkRows(plan.mode, base, watch),
      isReconnected: watch.reconnectedAt !== undefined,
      trace: watch.trace,
    }
  } catch (error) {
    const reason = error instanceof Error ? (error instanceof Violation ? error.message : error.stack) : error
    throw new Violation(`seed ${plan.seed}, mode ${plan.mode}: ${reason}\n${watch.trace.join('\n')}`)
  }
}

const ACTS: Record<Act, (process: Process, scene: Scene, world: World) => Promise<unknown>> = {
  keep_alive: ({ services }, _, world) => keepAliveOnce(services, world),
  use: async ({ services }, _, { watch, base }) => {
    const connection = watch.connection()
    if (connection === undefined) return
    const { accessToken } = await usableToken(services, refOf(connection))
    // The first use, which ends the token set before it.
    base.clickfunnels.tokens.present(accessToken.reveal())
  },
  refresh_now: async ({ services }, { caller }, { watch }) => {
    const connection = watch.connection()
    if (connection !== undefined) await refreshNow(services, caller, connection.id)
  },
  deliver: ({ services }, _, world) => deliver(services, world),
}

/** What a process throws tells its caller that it failed; whether anything is lost is another question. */
async function attempt(act: () => Promise<unknown>, { name }: Process, { watch }: World): Promise<void> {
  await act().catch((error: unknown) => watch.note(`${name} threw ${error}`))
}

async function keepAliveOnce(services: Process['services'], { base }: World): Promise<void> {
  const ids = [...base.connections.items.values(), ...base.revocations.items.values()].map(({ id }) => id)
  for (const shard of new Set(ids.map(dueShardOf))) await keepAlive(services, shard, () => true)
}

/** Delivers what is on the recovery queue at least once. */
async function deliver(services: Process['services'], { base, weather }: World): Promise<void> {
  const { sent } = base.recoveryQueue
  for (const rotation of [...sent]) {
    await recoverTokenRotation(services, rotation)
    if (weather.fraction() < 0.7 && sent.includes(rotation)) sent.splice(sent.indexOf(rotation), 1)
  }
}

/** Keep-alive every minute and the recovery queue, until there is nothing left to do. */
async function heal({ services }: Process, world: World): Promise<void> {
  const { base, turns } = world
  for (let minutes = 0; minutes < MAX_MINUTES; ) {
    await deliver(services, world).catch(() => undefined)
    await keepAliveOnce(services, world)
    const connection = world.watch.connection()
    const troubled = connection?.state.status === 'active' && isTroubled(connection, base.now())
    // Long enough for every request that was given up to be over at the provider, too.
    const left = base.revocations.items.size + base.recoveryQueue.sent.length
    if (minutes > 2 && left === 0 && !troubled) return
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

/** What is stored works at the provider, and can be refreshed. */
async function proveAlive({ services }: Process, { base, watch }: World): Promise<void> {
  const connection = watch.connection()
  if (connection === undefined) return
  checkReconnect(watch, connection)
  const present = (token: string | undefined) => {
    if (base.clickfunnels.tokens.present(token ?? '') === undefined)
      throw new Violation(`The stored access token is dead: ${watch.rowName(token ?? '')}`)
  }
  present(watch.stored.at(-1))
  const { outcome } = await refreshConnection(services, connection)
  if (outcome !== 'refreshed') throw new Violation(`Another refresh ends in ${outcome}`)
  await watch.look()
  present(watch.stored.at(-1))
}
