// What the log line of a call says about it. The call fills it in as it goes, so a call that fails has what was known by then.
import type { AppId } from '../ids.ts'
import type { Stopwatch } from '../time.ts'
import type { ServedToken, TokenSource } from '../tokens/token-memory.ts'

export class CallFacts {
  app: AppId | undefined
  token: TokenSource | undefined
  /** How often the call was sent to ClickFunnels' API. */
  upstreamCalls = 0
  /** How long the call waited for ClickFunnels: for its answers, for a token refresh, and in the pauses that it asked for. */
  upstreamSeconds = 0

  /** Counts the time of some work as time of ClickFunnels. */
  async upstream<T>(stopwatch: Stopwatch, work: () => Promise<T>): Promise<T> {
    const from = stopwatch()
    try {
      return await work()
    } finally {
      this.upstreamSeconds += stopwatch() - from
    }
  }

  /** Notes the token that the call uses, and since when (by the stopwatch) the call waited for it if it had to be refreshed. */
  noteToken({ connection, source }: ServedToken, since: number, stopwatch: Stopwatch): void {
    this.app = connection.appId
    this.token = source
    if (source === 'refreshed' || source === 'waited') this.upstreamSeconds += stopwatch() - since
  }
}
