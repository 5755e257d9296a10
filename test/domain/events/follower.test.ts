// A follower of the log misses no event and sees none twice, whatever happens: clocks two seconds apart, commits that become
// visible piece by piece over ten seconds, publishers that die at any call, and a stream that brings a record never or twice.
// Seeded runs in virtual time, on a store that behaves as DynamoDB's documentation allows it to.
import { expect, test } from 'vitest'
import { type LoggedEvent, subjectOf, type TenantEvent } from '#domain/events/event.ts'
import type { EventLog, Outbox } from '#domain/events/event-log.ts'
import { readLog } from '#domain/events/list-events.ts'
import { publishEvents, sweepOutbox } from '#domain/events/publish-events.ts'
import { type AppId, type ConnectionId, type EventId, idMinter, type TenantId } from '#domain/ids.ts'
import { type EpochSeconds, epochSeconds, later } from '#domain/time.ts'
import { FakeSenders } from '../../fakes/deliveries.ts'
import { FakeLog } from '../../fakes/log.ts'
import { seededRandom } from '../../fakes/random.ts'

const TENANT = 'ten_a' as TenantId
const RUNS = Number(process.env.FOLLOWER_RUNS ?? 1000)
const SLOWEST_COMMIT = 10
const CLOCKS_APART = 2

/** Work of one process, in virtual time: what is due runs in order of its moment. */
class Time {
  now = 1_767_225_600
  readonly #queue: { at: number; run: () => void }[] = []

  sleep(seconds: number): Promise<void> {
    return new Promise((run) => this.#queue.push({ at: this.now + seconds, run }))
  }

  async runAll(): Promise<void> {
    for (;;) {
      // What the last step set going has to come to its next wait.
      for (let turn = 0; turn < 30; turn++) await Promise.resolve()
      if (this.#queue.length === 0) return
      this.#queue.sort((one, other) => one.at - other.at)
      const next = this.#queue.shift()
      if (next === undefined) return
      this.now = next.at
      next.run()
    }
  }
}

/** What is read, and from when on. Until then a read gives what was there before. */
class Slow<T> {
  decided: T
  #visible: T
  #from = 0

  constructor(value: T) {
    this.decided = value
    this.#visible = value
  }

  set(value: T, now: number, from: number): void {
    this.#visible = this.at(now)
    this.decided = value
    this.#from = from
  }

  at(now: number): T {
    return now >= this.#from ? this.decided : this.#visible
  }
}

/** A transaction is decided at one moment. Each of its items becomes visible at a moment of its own. */
class SlowStore implements Outbox, EventLog {
  readonly #time: Time
  readonly #chance: () => number
  readonly #outbox = new Map<string, Slow<TenantEvent | undefined>>()
  readonly #log = new Map<number, Slow<LoggedEvent | undefined>>()
  readonly #last = new Slow(0)

  constructor(time: Time, chance: () => number) {
    this.#time = time
    this.#chance = chance
  }

  write(event: TenantEvent): void {
    this.#outbox.set(`${subjectOf(event)}/${String(event.data.sequence).padStart(3, '0')}`, new Slow(event))
  }

  async waiting(_: TenantId, limit: number) {
    await this.#latency()
    const keys = [...this.#outbox.keys()].sort()
    const found = keys.map((key) => this.#outbox.get(key)?.at(this.#time.now))
    return found.filter((event) => event !== undefined).slice(0, limit)
  }

  async publish(_: TenantId, last: number, events: readonly LoggedEvent[]): Promise<boolean> {
    await this.#latency()
    const items = events.map((event) =>
      this.#outbox.get(`${subjectOf(event)}/${String(event.data.sequence).padStart(3, '0')}`),
    )
    if (this.#last.decided !== last || items.some((item) => item?.decided === undefined)) return false
    const { now } = this.#time
    const moment = () => now + (this.#chance() < 0.3 ? SLOWEST_COMMIT * this.#chance() : 0)
    this.#last.set(last + events.length, now, moment())
    for (const item of items) item?.set(undefined, now, moment())
    for (const event of events) {
      const entry = new Slow<LoggedEvent | undefined>(undefined)
      entry.set(event, now, moment())
      this.#log.set(event.position, entry)
    }
    await this.#latency()
    return true
  }

  async overdue(now: EpochSeconds): Promise<readonly TenantId[]> {
    await this.#latency()
    const late = [...this.#outbox.values()].map((item) => item.at(this.#time.now))
    return late.some((event) => event !== undefined && later(event.at, 60) <= now) ? [TENANT] : []
  }

  async lastPosition(): Promise<number> {
    await this.#latency()
    return this.#last.at(this.#time.now)
  }

  async after(_: TenantId, position: number, limit: number): Promise<readonly LoggedEvent[]> {
    await this.#latency()
    const found: LoggedEvent[] = []
    for (let at = position + 1; at <= this.#last.decided && found.length < limit; at++) {
      const event = this.#log.get(at)?.at(this.#time.now)
      if (event !== undefined) found.push(event)
    }
    return found
  }

  async #latency(): Promise<void> {
    await this.#time.sleep(this.#chance() * 0.2)
  }
}

async function run(seed: number) {
  const { chance } = seededRandom(seed)
  const time = new Time()
  const store = new SlowStore(time, chance)
  const written: TenantEvent[] = []
  const seen: LoggedEvent[] = []
  const end = time.now + 400
  const clock = () => {
    const apart = (chance() - 0.5) * CLOCKS_APART
    return () => epochSeconds(time.now + apart)
  }
  /** A process that may die before each of its calls. */
  const mortal = (deadly: number) =>
    new Proxy(store, {
      get: (target, name: keyof SlowStore) => {
        const member = target[name]
        if (typeof member !== 'function') return member
        return (...args: never[]) => {
          if (chance() < deadly) return new Promise(() => {})
          return (member as (...all: never[]) => unknown).apply(target, args)
        }
      },
    })
  const publisher = (deadly: number) => {
    const calls = mortal(deadly)
    return {
      now: clock(),
      outbox: calls,
      eventLog: calls,
      newId: idMinter(
        () => time.now * 1000,
        (size) => new Uint8Array(size).map(() => chance() * 256),
      ),
      subscribers: { subscribers: async () => [] },
      senders: new FakeSenders(),
      eventRetentionDays: 90,
      log: new FakeLog(),
    }
  }

  const write = async (connection: number) => {
    const now = clock()
    for (let sequence = 1; sequence <= 3; sequence++) {
      await time.sleep(chance() * 60)
      const event: TenantEvent = {
        id: `evt_${connection}_${sequence}` as EventId,
        tenantId: TENANT,
        type: 'connection.suspended',
        at: now(),
        data: { connectionId: `conn_${connection}` as ConnectionId, appId: 'app_1' as AppId, sequence },
      }
      store.write(event)
      written.push(event)
      // The stream brings the record not at all, once or twice.
      for (let times = Math.floor(chance() * 3); times > 0; times--) void streamed()
    }
  }
  const streamed = async () => {
    await time.sleep(chance())
    await publishEvents(publisher(0.1), TENANT)
  }
  // The last runs live to their end.
  const sweeps = () => {
    for (let minute = 1; minute <= 6; minute++) {
      void time.sleep(60 * minute).then(() => sweepOutbox(publisher(minute < 5 ? 0.1 : 0), () => true))
    }
  }
  const follow = async () => {
    const reader = { now: clock(), eventLog: store }
    for (let after = 0; time.now < end; ) {
      const { events, next } = await readLog(reader, TENANT, { filter: {}, limit: 4, after })
      seen.push(...events)
      if (next === after) await time.sleep(chance() * 3)
      after = next
    }
  }
  for (let connection = 0; connection < 4; connection++) void write(connection)
  sweeps()
  void follow()
  await time.runAll()
  return { written, seen }
}

test(`in ${RUNS} seeded runs each event is seen once, in the order of its connection`, async () => {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { written, seen } = await run(seed)
    const ids = seen.map(({ id }) => id)
    expect(new Set(ids).size, `seed ${seed}: none twice`).toBe(ids.length)
    expect(ids.toSorted(), `seed ${seed}: none missing`).toEqual(written.map(({ id }) => id).toSorted())
    expect(seen.map(({ position }) => position)).toEqual(seen.map((_, place) => place + 1))
    for (const subject of new Set(seen.map(subjectOf))) {
      const own = seen.filter((event) => subjectOf(event) === subject)
      expect(
        own.map(({ data }) => data.sequence),
        `seed ${seed}`,
      ).toEqual([1, 2, 3])
    }
  }
})
