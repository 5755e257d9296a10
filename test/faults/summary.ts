// Figures of many runs.

import type { RunReport } from './harness.ts'
import type { Mode } from './plan.ts'

export class Summary {
  readonly killedAt: Record<string, number> = {}
  readonly endings: Record<string, number> = {}
  readonly faults: Record<string, number> = {}
  readonly #mode: Mode
  #runs = 0
  #reconnected = 0
  #beyondUs = 0

  constructor(mode: Mode) {
    this.#mode = mode
  }

  add({ ending, killedAt, faults, isReconnected, beyondUs }: RunReport): void {
    this.#runs += 1
    this.#reconnected += isReconnected ? 1 : 0
    this.#beyondUs += beyondUs
    count(this.endings, ending, 1)
    for (const point of killedAt) count(this.killedAt, point, 1)
    for (const [kind, times] of Object.entries(faults)) count(this.faults, kind, times)
  }

  text(): string {
    const { killed = 0, ...faults } = this.faults
    return [
      `${this.#mode}: ${this.#runs} runs, ${killed} processes killed at ${Object.keys(this.killedAt).length} points`,
      `  faults: ${list(faults)}`,
      `  endings: ${list(this.endings)}; ${this.#reconnected} with a reconnect of the end user`,
      `  token sets that no process could store: ${this.#beyondUs}`,
      '  token sets lost: 0',
    ].join('\n')
  }
}

function count(counts: Record<string, number>, what: string, times: number): void {
  counts[what] = (counts[what] ?? 0) + times
}

function list(counts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(counts).toSorted(([one], [other]) => (one < other ? -1 : 1))
  return sorted.map(([what, times]) => `${what} ${times}`).join(', ')
}
