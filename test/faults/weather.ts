// Decides which calls of a run fail, and how. Counts them.
import type { CallFault, Part, Plan } from './plan.ts'

export const REQUEST_FATES = [
  'down_before',
  'down_after',
  'lost_before',
  'lost_after',
  'late_never',
  'late_done',
  'malformed',
  'rate_limited',
  'client_refused',
] as const
export type RequestFate = 'answered' | (typeof REQUEST_FATES)[number]

export class Weather {
  readonly counts: Record<string, number> = {}
  readonly #plan: Plan
  readonly #startedAt: number
  readonly #now: () => number
  #tokensRotatedAt = Number.POSITIVE_INFINITY
  #calm = false

  constructor(plan: Plan, now: () => number) {
    this.#plan = plan
    this.#now = now
    this.#startedAt = now()
  }

  /** From now on nothing goes wrong. */
  calmDown(): void {
    this.#calm = true
  }

  /** Notes that the provider issued tokens at this moment. */
  noteTokenRotation(): void {
    this.#tokensRotatedAt = this.#now()
  }

  /** How a call fails. "repeated" is for calls whose second attempt fails the condition that the first one changed. */
  faultOf(part: Part, mayRepeat: boolean): CallFault | undefined {
    if (this.#calm) return undefined
    const { chance } = this.#plan
    for (const trouble of this.#plan.troubles) {
      const at = this.#now() - (trouble.since === 'start' ? this.#startedAt : this.#tokensRotatedAt)
      if (trouble.part !== part || at < trouble.from || at >= trouble.until) continue
      if (chance() >= trouble.likelihood) continue
      const fault = trouble.faults[Math.floor(chance() * trouble.faults.length)]
      if (fault === undefined || (fault === 'repeated' && !mayRepeat)) continue
      this.count(`${part}_${fault}`)
      return fault
    }
    return undefined
  }

  fateOfRequest(): RequestFate {
    const { chance, providerTrouble } = this.#plan
    if (this.#calm || chance() >= providerTrouble) return 'answered'
    const fate = REQUEST_FATES[Math.floor(chance() * REQUEST_FATES.length)] ?? 'answered'
    this.count(`request_${fate}`)
    return fate
  }

  /** How long one way of a call takes, in milliseconds. */
  delay(): number {
    return Math.floor((this.#calm ? 20 : this.#plan.slowest) * this.#plan.chance() ** 2)
  }

  fraction(): number {
    return this.#plan.chance()
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1
  }
}
