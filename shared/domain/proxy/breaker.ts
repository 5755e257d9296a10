// A circuit breaker for each app and host of ClickFunnels. While a host leaves an app's calls without an answer, each of them would
// keep a process busy for 25 seconds. After five such calls in 30 seconds the others wait only 5 seconds, for a minute after the last
// one. One call in 30 seconds may wait as long as usual: its answer ends this. Tokens are not concerned.
//
// Processes share the count through the store. Without a sign of trouble none of them asks it: the sign is a timeout of its
// own, or the tenant's `lookUntil`.

import type { Ambient } from '../ambient.ts'
import { BoundedMap } from '../bounded-map.ts'
import { ServiceError } from '../errors.ts'
import type { AppId, TenantId } from '../ids.ts'
import type { Tenants } from '../tenants/tenant.ts'
import { type EpochSeconds, later } from '../time.ts'

/** So many timeouts, each of them within so many seconds of the first one. */
export const MAX_TIMEOUTS = 5
export const COUNTED_SECONDS = 30
/** How long calls wait for less after a timeout. */
export const OPEN_SECONDS = 60
const SHORT_WAIT_SECONDS = 5
/** A call that was given less time than that says nothing about the host. */
const TELLING_SECONDS = 20
const CANARY_SECONDS = 30
/** How long a process goes by what it read. */
const REMEMBERED_SECONDS = 5
const MAX_REMEMBERED = 1000

export interface Place {
  readonly tenantId: TenantId
  readonly appId: AppId
  readonly host: string
}

/** What is counted of a host that did not answer calls of an app. */
export interface SlowHost {
  readonly timeouts: number
  /** The first and the last of them. */
  readonly since: EpochSeconds
  readonly last: EpochSeconds
  readonly canaryAt?: EpochSeconds
}

export interface SlowHosts {
  get(place: Place): Promise<SlowHost | undefined>
  /** Counts a timeout: to those of the last COUNTED_SECONDS, to an open breaker, or as the first one. */
  count(place: Place, now: EpochSeconds): Promise<SlowHost>
  /** Notes that a call may wait as long as usual. False if that has changed since it was read. */
  claimCanary(place: Place, read: SlowHost, now: EpochSeconds): Promise<boolean>
  /** Sets the count to none, unless it began anew since it was read. */
  clear(place: Place, read: SlowHost): Promise<void>
}

export function isOpen({ timeouts, last }: SlowHost, now: EpochSeconds): boolean {
  return timeouts >= MAX_TIMEOUTS && now < later(last, OPEN_SECONDS)
}

/** How long a call may wait for an answer. */
export interface Patience {
  readonly seconds: number
  readonly open?: SlowHost
  readonly isCanary?: true
}

type Ports = Pick<Ambient, 'now' | 'background' | 'log'> & {
  readonly slowHosts: SlowHosts
  readonly tenants: Pick<Tenants, 'setLookUntil'>
}

export class Breaker {
  readonly #known = new BoundedMap<
    string,
    { readonly state: SlowHost | undefined; readonly at: EpochSeconds }
  >(MAX_REMEMBERED)
  readonly #services: Ports

  constructor(services: Ports) {
    this.#services = services
  }

  /**
   * @param seconds that are left to the call
   * @param lookUntil the tenant's
   */
  async patience(place: Place, seconds: number, lookUntil: EpochSeconds | undefined): Promise<Patience> {
    const now = this.#services.now()
    const known = this.#known.get(keyOf(place))
    if (known === undefined && (lookUntil ?? 0) <= now) return { seconds }
    const isCurrent = known !== undefined && now < later(known.at, REMEMBERED_SECONDS)
    const state = isCurrent ? known.state : await this.#read(place)
    if (state === undefined || !isOpen(state, now)) return { seconds }
    if (
      now >= later(state.canaryAt ?? state.since, CANARY_SECONDS) &&
      (await this.#claimCanary(place, state))
    )
      return { seconds, open: state, isCanary: true }
    return { seconds: Math.min(seconds, SHORT_WAIT_SECONDS), open: state }
  }

  /** The host answered a call, so calls may wait as long as usual again. Concerns canaries only. */
  answered(place: Place, { open, isCanary }: Patience): void {
    if (!isCanary || open === undefined) return
    this.#known.delete(keyOf(place))
    this.#services.background.start(() => this.#services.slowHosts.clear(place, open))
  }

  /**
   * Counts a call that had no answer in time, beside the answer to its caller.
   * @returns what its caller is told if it waited less than usual
   */
  timedOut(place: Place, patience: Patience): ServiceError | undefined {
    const { seconds, open } = patience
    const now = this.#services.now()
    if (seconds >= (open === undefined ? TELLING_SECONDS : SHORT_WAIT_SECONDS))
      this.#services.background.start(() => this.#count(place, now))
    if (open === undefined || patience.isCanary) return undefined
    return new ServiceError(
      'upstream_slow',
      `ClickFunnels did not answer recent calls of this application in time, so this call waited only ${seconds} seconds. Whether it was carried out is unknown.`,
      { retryAfterSeconds: CANARY_SECONDS },
    )
  }

  async #count(place: Place, now: EpochSeconds): Promise<void> {
    const state = await this.#services.slowHosts.count(place, now)
    this.#known.set(keyOf(place), { state, at: now })
    if (state.timeouts < MAX_TIMEOUTS) return
    const names = { tenant: place.tenantId, app: place.appId, host: place.host }
    if (state.timeouts === MAX_TIMEOUTS)
      this.#services.log.warn('A host of ClickFunnels does not answer in time', names)
    await this.#services.tenants.setLookUntil(place.tenantId, later(now, 2 * OPEN_SECONDS))
  }

  /** A failure to read must not fail the call. */
  async #read(place: Place): Promise<SlowHost | undefined> {
    const at = this.#services.now()
    try {
      const state = await this.#services.slowHosts.get(place)
      this.#known.set(keyOf(place), { state, at })
      return state
    } catch (error) {
      const { tenantId: tenant, appId: app, host } = place
      this.#services.log.warn('Whether a host answers was not read', { tenant, app, host, error })
      return undefined
    }
  }

  async #claimCanary(place: Place, state: SlowHost): Promise<boolean> {
    const now = this.#services.now()
    this.#known.set(keyOf(place), { state: { ...state, canaryAt: now }, at: now })
    return this.#services.slowHosts.claimCanary(place, state, now).catch(() => false)
  }
}

function keyOf({ tenantId, appId, host }: Place): string {
  return `${tenantId} ${appId} ${host}`
}
