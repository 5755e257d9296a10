// How long ago something was, for what must not be kept too long. Of two clocks, the one that went further counts: the wall
// clock may be set back, and the monotonic clock may stand still while Lambda has the process frozen.

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
