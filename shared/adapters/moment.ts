// How long ago something was, for what must not outlive its time: by whichever of two clocks went further. The one on the
// wall may be set back, and the monotonic one need not run while Lambda has the process frozen.

export interface Moment {
  /** Milliseconds, both. */
  readonly monotonic: number
  readonly wall: number
}

export function thisMoment(): Moment {
  return { monotonic: performance.now(), wall: Date.now() }
}

export function secondsSince({ monotonic, wall }: Moment, now = thisMoment()): number {
  return Math.max(now.monotonic - monotonic, now.wall - wall) / 1000
}
