// When to ask the service again what is connected, for the elements and the React hook.

const LOOK_SECONDS = 60
const CHANGED = 'funnel-connect-change'

/** Calls `look` when the page comes to the front, every minute while it is there, and after `announceChange`. */
export function watch(look: () => void, signal: AbortSignal): void {
  const onFront = () => {
    if (document.visibilityState === 'visible') look()
  }
  document.addEventListener('visibilitychange', onFront, { signal })
  document.addEventListener(CHANGED, look, { signal })
  const timer = setInterval(onFront, LOOK_SECONDS * 1000)
  signal.addEventListener('abort', () => clearInterval(timer))
}

/** Something was connected or disconnected in this page: everything here that shows connections looks again. */
export function announceChange(): void {
  document.dispatchEvent(new Event(CHANGED))
}
