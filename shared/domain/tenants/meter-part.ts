// What one process knows of one spender in one window of the request meter.
import type { EpochSeconds } from '../time.ts'

/** A process's step: half a percent of the budget, at least one request. */
const STEPS = 200

export interface Part {
  readonly window: number
  readonly requests: number
  readonly busySeconds: number
  /** How many more requests may pass before the next report. */
  left: number
  unreported: number
  unreportedSeconds: number
  share: number
  /** Whether a larger share was asked for, with or without success. */
  asked: boolean
  /** The limit that the sums of all processes have reached. */
  full: 'requestsPerSecond' | 'concurrentRequests' | undefined
  learntAt: EpochSeconds | undefined
  report: Promise<void> | undefined
  look: Promise<void> | undefined
}

export function newPart(window: number, requests: number, busySeconds: number): Part {
  return {
    window,
    requests,
    busySeconds,
    left: stepOf(requests),
    unreported: 0,
    unreportedSeconds: 0,
    share: 0,
    asked: false,
    full: undefined,
    learntAt: undefined,
    report: undefined,
    look: undefined,
  }
}

/** How many requests of a budget may pass without a report. */
export function stepOf(budget: number): number {
  return Math.max(1, Math.floor(budget / STEPS))
}
