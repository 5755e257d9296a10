// Many calls with an Idempotency-Key through two processes on one store. ClickFunnels answers a fifth of them with a 503
// after it carried them out, loses other answers, and processes are killed between any two steps. Each client repeats its
// call until it has a final answer. No call is carried out twice. A seed decides everything.
import { expect, test } from 'vitest'
import { type ErrorCode, ServiceError } from '#domain/errors.ts'
import type { UpstreamRequest, UpstreamResponse } from '#domain/provider/resource-server.ts'
import type { IdempotencyKey } from '#domain/proxy/idempotency.ts'
import { keyedCall } from '#domain/proxy/keyed-call.ts'
import { TokenMemory } from '#domain/tokens/token-memory.ts'
import { answer } from '../../fakes/clickfunnels.ts'
import { seededRandom } from '../../fakes/random.ts'
import { openScene, type Scene } from '../../fakes/scene.ts'
import type { FakeServices } from '../../fakes.ts'
import { Turns } from '../../support/turns.ts'

const CALLS = Number(process.env.KEYED_CALLS ?? 200)
const SEED = Number(process.env.KEYED_CALLS_SEED ?? 1)
const CONNECTIONS = 20
const MAX_ATTEMPTS = 8
type Calls = Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>
const KILLED = new Error('killed')
/** A repetition may succeed after these. */
const REPEATED: readonly ErrorCode[] = [
  'idempotency_in_progress',
  'upstream_answer_lost',
  'upstream_slow',
  'upstream_timeout',
]

test(`${CALLS} calls, a fifth of them with a 503 after the deed, and killed processes: none is carried out twice`, async () => {
  const world = await createWorld()
  const clients = Array.from({ length: CALLS }, (_, call) => client(world, call))
  await world.turns.run(clients, async () => {})
  const results = await Promise.all(clients)
  const { deeds, counts } = world
  expect([...deeds].filter(([, count]) => count > 1)).toEqual([])
  for (const [call, ids] of results.entries()) {
    expect(ids.size, 'all answers to one call are the same answer').toBeLessThanOrEqual(1)
    if (ids.size === 1) expect(deeds.get(String(call))).toBe(1)
  }
  // The faults took place, and about a third of the calls succeeded all the same.
  expect(counts.refusedAfterDeed).toBeGreaterThan(CALLS / 7)
  expect(counts.killed).toBeGreaterThan(CALLS / 20)
  expect(counts.unknown).toBeGreaterThan(counts.refusedAfterDeed / 2)
  expect(results.filter((ids) => ids.size === 1).length).toBeGreaterThan(CALLS / 4)
})

interface World {
  readonly scene: Scene
  readonly connections: readonly { readonly id: string }[]
  readonly turns: Turns
  readonly chance: () => number
  /** How often each call was carried out. */
  readonly deeds: Map<string, number>
  readonly counts: { refusedAfterDeed: number; killed: number; unknown: number }
  readonly processes: FakeServices[]
}

async function createWorld(): Promise<World> {
  const scene = await openScene()
  scene.services.clickfunnels.tokens.mode = 'non_expiring'
  const connections = await scene.connectMany(CONNECTIONS)
  const { chance } = seededRandom(SEED)
  const counts = { refusedAfterDeed: 0, killed: 0, unknown: 0 }
  const turns = new Turns(scene.services.clock, chance)
  const world: World = { scene, connections, turns, chance, deeds: new Map(), counts, processes: [] }
  world.processes.push(startProcess(world, 0), startProcess(world, 1))
  return world
}

/** Sends one call until its outcome is final. Returns the ids of the contacts in the answers that it got. */
async function client(world: World, call: number): Promise<Set<string>> {
  const { turns, chance, counts } = world
  const ids = new Set<string>()
  await turns.wait(call * 3000 * chance())
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const both = chance() < 0.2 ? [0, 1] : [chance() < 0.5 ? 0 : 1]
    const outcomes = await Promise.all(both.map((place) => send(world, place, call)))
    for (const outcome of outcomes) {
      if (typeof outcome === 'object' && outcome.status === 201) ids.add(Buffer.from(outcome.body).toString())
      if (outcome === 'idempotency_outcome_unknown') counts.unknown += 1
    }
    const isFinal = (outcome: (typeof outcomes)[number]) =>
      outcome === 'idempotency_outcome_unknown' || (typeof outcome === 'object' && outcome.status === 201)
    if (outcomes.some(isFinal) && chance() < 0.5) break
    await turns.wait(10_000 * chance())
  }
  return ids
}

async function send(world: World, place: number, call: number): Promise<UpstreamResponse | string> {
  const { scene, connections, processes } = world
  const request = {
    connectionId: connections[call % CONNECTIONS]?.id as never,
    method: 'POST',
    segments: ['contacts'],
    rawQuery: '',
    headers: [],
    body: Buffer.from(String(call)),
    requestId: 'r',
  }
  try {
    const services = processes[place] as FakeServices
    return await keyedCall(services, scene.caller, request, `key-${call}` as IdempotencyKey)
  } catch (error) {
    if (error === KILLED) return 'killed'
    if (!(error instanceof ServiceError)) throw error
    expect([...REPEATED, 'idempotency_outcome_unknown']).toContain(error.code)
    return error.code
  }
}

/** A process that is killed after some steps. Then it has no effect any more, and a new one takes its place. */
function startProcess(world: World, place: number): FakeServices {
  const { turns, chance, scene, processes, counts } = world
  let left = 10 + Math.floor(chance() * 60)
  const gate = async (): Promise<void> => {
    await turns.wait(200 * chance())
    left -= 1
    if (left > 0) return
    if (left === 0) {
      counts.killed += 1
      processes[place] = startProcess(world, place)
    }
    throw KILLED
  }
  const gated = <T extends object>(port: T): T =>
    new Proxy(port, {
      get:
        (_, name) =>
        async (...given: unknown[]) => {
          await gate()
          const result = await (port as Calls)[String(name)]?.apply(port, given)
          await gate()
          return result
        },
    })
  const { services } = scene
  return {
    ...services,
    keyedCalls: gated(services.keyedCalls),
    tokenMemory: new TokenMemory(),
    resourceServer: gated({ ...services.resourceServer, call: (request) => provide(world, request) }),
    sleep: (milliseconds) => turns.wait(milliseconds),
  }
}

/** ClickFunnels: carries a call out or not, and answers or not. */
async function provide(world: World, { body }: UpstreamRequest): Promise<UpstreamResponse> {
  const { turns, chance, deeds, counts } = world
  const call = Buffer.from(body ?? '').toString()
  const carryOut = () => deeds.set(call, (deeds.get(call) ?? 0) + 1)
  await turns.wait(3000 * chance())
  const fate = chance()
  if (fate < 0.02) return answer(429, {})
  if (fate < 0.05) return answer(503, {})
  if (fate < 0.1) {
    turns.after(20_000 * chance(), carryOut)
    throw new ServiceError('upstream_timeout', 'scripted')
  }
  carryOut()
  if (fate < 0.15) throw new ServiceError('upstream_answer_lost', 'scripted')
  if (fate < 0.35) {
    counts.refusedAfterDeed += 1
    return answer(503, {})
  }
  return answer(201, { id: `${call}.${deeds.get(call)}` })
}
