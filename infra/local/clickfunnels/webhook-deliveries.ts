// Delivers events as ClickFunnels does: signed, with a time, again after a failure, in no order. Traps are ordered with the event
// (control-webhooks.ts): what ClickFunnels or the network could do, and what an attacker could.
import { createHmac } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Endpoint, OutgoingEvent } from './webhooks.ts'

export const TRAPS = ['drop', 'twice', 'late', 'wrong_secret', 'old_timestamp'] as const
export type Trap = (typeof TRAPS)[number]

/** The first of ClickFunnels' eight retries, in milliseconds; the others come within 37 hours. */
const RETRIES = [1_000, 15_000, 60_000]
const LATE_MILLISECONDS = 300
const OLD_SECONDS = 3_600
const TIMEOUT_MILLISECONDS = 10_000
/** ClickFunnels counts every other status as a failure. */
const isSuccess = (status: number) => (status >= 200 && status <= 207) || status === 226

export interface Delivery {
  readonly event_id: string
  readonly event_type: string
  readonly url: string
  /** 0 if there was no answer. */
  readonly status: number
}

/** What is delivered: `uuid` and `event_type_id` of the list have other names here. */
export function payloadOf({ id, public_id, uuid, event_type_id, ...event }: OutgoingEvent): string {
  return JSON.stringify({ event_id: uuid, event_type: event_type_id, ...event })
}

export class Deliveries {
  readonly #now: () => number
  readonly #signal: AbortSignal
  readonly done: Delivery[] = []
  #underWay = 0

  /** @param signal ends what waits, when the simulator is reset or closed */
  constructor(now: () => number, signal: AbortSignal) {
    this.#now = now
    this.#signal = signal
  }

  /** How many deliveries have neither succeeded nor been given up. */
  get underWay(): number {
    return this.#underWay
  }

  /** Starts the delivery of an event to an endpoint. */
  start(event: OutgoingEvent, endpoint: Endpoint, trap: Trap | undefined): void {
    if (trap === 'drop') return
    const times = trap === 'twice' ? 2 : 1
    for (let time = 0; time < times; time++) {
      this.#underWay += 1
      void this.#deliver(event, endpoint, trap).finally(() => {
        this.#underWay -= 1
      })
    }
  }

  async #deliver(event: OutgoingEvent, endpoint: Endpoint, trap: Trap | undefined): Promise<void> {
    // A forger does not retry.
    const waits = [trap === 'late' ? LATE_MILLISECONDS : 0, ...(isForged(trap) ? [] : RETRIES)]
    for (const milliseconds of waits) {
      try {
        if (milliseconds > 0) await delay(milliseconds, undefined, { signal: this.#signal })
      } catch {
        return
      }
      if (isSuccess(await this.#attempt(event, endpoint, trap))) return
    }
  }

  async #attempt(event: OutgoingEvent, endpoint: Endpoint, trap: Trap | undefined): Promise<number> {
    const body = payloadOf(event)
    const seconds = Math.floor(this.#now() / 1000) - (trap === 'old_timestamp' ? OLD_SECONDS : 0)
    const secret = trap === 'wrong_secret' ? 'f'.repeat(64) : endpoint.webhook_secret
    const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
    const status = await send(endpoint.url, body, {
      'content-type': 'application/json',
      'x-webhook-clickfunnels-timestamp': String(seconds),
      'x-webhook-clickfunnels-signature': signature,
    })
    this.done.push({ event_id: event.uuid, event_type: event.event_type_id, url: endpoint.url, status })
    return status
  }
}

const isForged = (trap: Trap | undefined) => trap === 'wrong_secret' || trap === 'old_timestamp'

async function send(url: string, body: string, headers: Record<string, string>): Promise<number> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS)
    const response = await fetch(url, { method: 'POST', body, headers, redirect: 'manual', signal })
    await response.arrayBuffer()
    return response.status
  } catch {
    return 0
  }
}
