// The two loops of the domain: a write that starts over when another process changed what it read, and a wait for what
// another process is doing.
import type { Ambient } from './ambient.ts'

const MAX_ATTEMPTS = 5
const FIRST_PAUSE_MILLISECONDS = 100
const PAUSE_GROWTH = 1.5
const MAX_PAUSE_MILLISECONDS = 1500

/**
 * Runs an attempt that reads, decides and writes on the condition that nothing changed in between, and starts it over
 * when something did.
 * @param what is named in the error, for example `The app "app_1"`
 * @param attempt gives `undefined` when the item has changed since it was read
 * @throws Error when it changed during every attempt
 */
export async function untilUnchanged<T>(what: string, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
    const result = await attempt()
    if (result !== undefined) return result
  }
  throw new Error(`${what} kept changing`)
}

/**
 * Looks again and again until there is a result. The pauses grow, because many callers may wait for the same thing, and
 * are jittered, so that they do not look at the same moment. The look itself decides when to give up.
 * @param look gives `undefined` to be called again
 */
export async function poll<T extends object>(
  { sleep, chance }: Pick<Ambient, 'sleep' | 'chance'>,
  look: () => Promise<T | undefined>,
): Promise<T> {
  for (
    let pause = FIRST_PAUSE_MILLISECONDS;
    ;
    pause = Math.min(pause * PAUSE_GROWTH, MAX_PAUSE_MILLISECONDS)
  ) {
    const result = await look()
    if (result !== undefined) return result
    await sleep(pause * (0.5 + chance()))
  }
}
