// Primes a process before its first request: a few calls make the SDK load, connect and sign for the first time. Lambda's
// INIT phase has full CPU; a request has the share of CPU that the function's memory buys (docs/adr/0013).
import type { Log } from '#domain/ambient.ts'

/** After that, the request that needs a result makes the call itself, with deadlines of its own. */
const MAX_MILLISECONDS = 1_500

/** Runs `prime` for at most 1.5 s. A failure or timeout is logged; the process starts anyway. */
export async function primed(prime: () => Promise<void>, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Not done in time')), MAX_MILLISECONDS)
  })
  try {
    await Promise.race([prime(), timeout])
  } catch (error) {
    log.warn('The process starts unprimed', { error })
  } finally {
    clearTimeout(timer)
  }
}
