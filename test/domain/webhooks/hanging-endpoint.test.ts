// One endpoint hangs while a tenant has many events: another endpoint gets them as fast as without it. On fakes, in virtual time, with as
// many senders at a time as the queue allows. HANGING_EVENTS=10000 prints figures.
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { publishEvents } from '#domain/events/publish-events.ts'
import { createEndpoint } from '#domain/webhooks/manage-endpoints.ts'
import { send } from '#domain/webhooks/send.ts'
import { wakeDue } from '#domain/webhooks/wake-due.ts'
import { MAX_CONCURRENCY } from '../../../infra/sender-queue.ts'
import { aConnection, aTenant } from '../../contracts/samples.ts'
import { type FakeServices, fakeServices } from '../../fakes.ts'

const EVENTS = Number(process.env.HANGING_EVENTS ?? 400)
const FIGURES = process.env.HANGING_EVENTS !== undefined
const PER_SECOND = 50
const STEP_SECONDS = 0.25
const ANSWER_SECONDS = 0.25
const HANG_SECONDS = 15
const QUICK = 'https://quick.example.com/hooks'
const HANGING = 'https://hanging.example.com/hooks'

/** The queue and the function behind it: so many messages are worked on at the same time. */
class Senders {
  readonly #services: FakeServices
  readonly #waiting: { readonly at: number; readonly woken: Parameters<typeof send>[1] }[] = []
  readonly #answers: { readonly at: number; readonly come: () => void }[] = []
  #busy = 0

  constructor(services: FakeServices) {
    this.#services = services
  }

  /** Waits; the fakes' clock has whole seconds only. */
  pass(seconds: number): Promise<void> {
    const at = this.#services.clock.milliseconds() + seconds * 1000
    return new Promise((come) => this.#answers.push({ at, come }))
  }

  async step(): Promise<void> {
    const now = this.#services.now()
    for (const { deliveries, wake } of this.#services.senders.woken.splice(0)) {
      for (const [, refs] of Map.groupBy(deliveries, ({ endpointId }) => endpointId)) {
        const [first] = refs
        if (first === undefined) continue
        const woken = { ...first, deliveries: refs, vain: wake.vain ?? 0 }
        this.#waiting.push({ at: now + (wake.delaySeconds ?? 0), woken })
      }
    }
    const ready = this.#waiting.filter(({ at }) => at <= now).slice(0, MAX_CONCURRENCY - this.#busy)
    for (const message of ready) {
      this.#waiting.splice(this.#waiting.indexOf(message), 1)
      this.#busy += 1
      void send(this.#services, message.woken, () => true).finally(() => {
        this.#busy -= 1
      })
    }
    for (let turns = 0; turns < 3; turns++) await turn()
    this.#services.clock.advance(STEP_SECONDS)
    const come = this.#answers.filter(({ at }) => at <= this.#services.clock.milliseconds())
    for (const answer of come) {
      this.#answers.splice(this.#answers.indexOf(answer), 1)
      answer.come()
    }
    for (let turns = 0; turns < 3; turns++) await turn()
  }
}

/** @returns the seconds from each event to its arrival at the quick endpoint, sorted */
async function latencies(urls: readonly string[], eachApart = false): Promise<number[]> {
  const services = fakeServices()
  const tenant = aTenant()
  await services.tenants.create(tenant)
  for (const url of urls) await createEndpoint(services, tenant.id, { url })
  const senders = new Senders(services)
  const made = new Map<string, number>()
  const taken: number[] = []
  services.webhookClient.post = async ({ url, body }) => {
    const seconds = url === HANGING ? HANG_SECONDS : ANSWER_SECONDS
    const { data } = JSON.parse(body)
    const began = made.get(data.connectionId) ?? NaN
    if (url === QUICK) taken.push((services.clock.milliseconds() - began) / 1000)
    await senders.pass(seconds)
    return url === HANGING
      ? { fault: 'timeout', milliseconds: HANG_SECONDS * 1000 }
      : { status: 204, milliseconds: ANSWER_SECONDS * 1000 }
  }
  let events = 0
  for (let step = 0; taken.length < EVENTS; step++) {
    for (let i = 0; i < PER_SECOND * STEP_SECONDS && events < EVENTS; i++, events++) {
      const connection = aConnection(tenant.id)
      made.set(connection.id, services.clock.milliseconds())
      await services.connections.create(connection)
      if (eachApart) await publishEvents(services, tenant.id)
    }
    await publishEvents(services, tenant.id)
    if (step % (60 / STEP_SECONDS) === 0) await wakeDue(services)
    await senders.step()
  }
  return taken.toSorted((one, other) => one - other)
}

const at = (sorted: readonly number[], share: number) =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? NaN

const shown = (name: string, all: readonly number[]) =>
  `${name}: p50 ${at(all, 0.5)} s, p99 ${at(all, 0.99)} s, longest ${at(all, 1)} s\n`

test(`${EVENTS} events reach an endpoint as fast beside one that hangs as without it`, async () => {
  const alone = await latencies([QUICK])
  const beside = await latencies([HANGING, QUICK])
  if (FIGURES) {
    process.stdout.write(shown('alone', alone) + shown('beside one that hangs', beside))
  }
  expect(at(beside, 0.5)).toBeLessThanOrEqual(at(alone, 0.5) + STEP_SECONDS)
  expect(at(beside, 0.99)).toBeLessThanOrEqual(at(alone, 0.99) + 2 * STEP_SECONDS)
}, 600_000)

test(`${EVENTS} events that each wake a sender of their own do not wait for one another`, async () => {
  const all = await latencies([QUICK], true)
  if (FIGURES) process.stdout.write(shown('each apart', all))
  expect(at(all, 0.99)).toBeLessThanOrEqual(2)
}, 600_000)
