// The clocks, timers and random numbers of this process, for as long as a run lasts. They are replaced before the SDK is
// loaded, because it takes them from the global scope. A process of the simulation sees them through its own clock offset.
import type { Event, Timeline } from './timeline.ts'

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  Date: globalThis.Date,
  random: Math.random,
  monotonic: performance.now.bind(performance),
}

/** When runs begin, on the wall clock. */
export const START = real.Date.UTC(2026, 0, 1)

let timeline: Timeline | undefined

/** Makes the clocks follow a run, or the real time again. */
export function followTime(next: Timeline | undefined): void {
  timeline = next
}

/** Milliseconds of real time, for measurements. */
export const realMilliseconds = real.monotonic

class Timer {
  readonly #again: () => Event
  #event: Event

  constructor(again: () => Event) {
    this.#again = again
    this.#event = again()
  }

  refresh(): this {
    this.stop()
    this.#event = this.#again()
    return this
  }

  stop(): void {
    timeline?.cancel(this.#event)
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return true
  }
}

function wall(): number {
  if (timeline === undefined) return real.Date.now()
  return START + timeline.now + (timeline.current?.skew ?? 0)
}

class SimulatedDate extends real.Date {
  constructor(...args: ConstructorParameters<typeof real.Date> | []) {
    if (args.length === 0) super(wall())
    else super(...(args as [number]))
  }

  static override now(): number {
    return wall()
  }
}

/** Replaces the globals. To be called once, before anything else is loaded. */
export function replaceClocks(): void {
  const setTimer = (run: (...args: unknown[]) => void, milliseconds = 0, ...args: unknown[]) => {
    const present = timeline
    if (present === undefined) return real.setTimeout(run, milliseconds, ...args)
    return new Timer(() => present.after(Math.max(1, milliseconds), () => run(...args)))
  }
  const clearTimer = (timer: unknown) => {
    if (timer instanceof Timer) timer.stop()
    else real.clearTimeout(timer as NodeJS.Timeout)
  }
  globalThis.setTimeout = setTimer as unknown as typeof globalThis.setTimeout
  globalThis.clearTimeout = clearTimer as typeof globalThis.clearTimeout
  const setSoon = (run: (...args: unknown[]) => void, ...args: unknown[]) => {
    const present = timeline
    if (present === undefined) return real.setImmediate(run, ...args)
    return new Timer(() => present.immediately(() => run(...args)))
  }
  const clearSoon = (immediate: unknown) => {
    if (immediate instanceof Timer) immediate.stop()
    else real.clearImmediate(immediate as NodeJS.Immediate)
  }
  globalThis.setImmediate = setSoon as unknown as typeof globalThis.setImmediate
  globalThis.clearImmediate = clearSoon as typeof globalThis.clearImmediate
  globalThis.Date = SimulatedDate as DateConstructor
  Math.random = () => (timeline?.current?.random ?? real.random)()
  performance.now = () =>
    timeline === undefined ? real.monotonic() : timeline.now - (timeline.current?.stoodStill ?? 0)
}
