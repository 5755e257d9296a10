// What a process does before its first request: the calls that make the SDK load, connect and sign for the first time.
// Lambda's INIT phase has full CPU, a request has the share that the function's memory buys.
import type { Log } from '#domain/ambient.ts'

/** Whatever hangs is left to the request that needs it, which has deadlines of its own. */
const MAX_MILLISECONDS = 1_500

/** Does it, as far as it comes in time; a failure is logged and is no reason not to start. */
export async function primed(prime: () => Promise<void>, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Not done in time')), MAX_MILLISECONDS)
  })
  try {
    await Promise.race([prime(), late])
  } catch (error) {
    log.warn('The process starts unprimed', { error })
  } finally {
    clearTimeout(timer)
  }
}
