// Reads the event log page by page, to its end or on and on. A back end reads its tenant's log with an API key. With a user's JWT,
// a page reads that user's events.
import type { Event } from './api.ts'
import { type Options, Transport } from './transport.ts'

export interface EventPage {
  /** Oldest first. */
  readonly data: readonly Event[]
  /** Where to go on. Keep it together with what you did with the page. */
  readonly next_cursor: string
}

export interface EventFilter {
  /**
   * The `next_cursor` of the last page that you handled, or `latest` for only what comes from now on. Default: the oldest
   * event that is still there.
   */
  readonly after?: string | undefined
  readonly types?: readonly string[] | undefined
  readonly connection_id?: string | undefined
  readonly end_user_id?: string | undefined
  /** How many events a page has at the most: 1 to 100, by default 100. */
  readonly limit?: number | undefined
}

export interface FollowOptions extends EventFilter {
  /** Whether to wait for new events after the last one. Default: false, so that the loop ends there. */
  readonly follow?: boolean | undefined
  /** How often to look for new events. Default: 5. */
  readonly pollSeconds?: number | undefined
  /** Ends the loop. */
  readonly signal?: AbortSignal | undefined
}

const PAGE = 100
const POLL_SECONDS = 5

export class EventReader {
  readonly #transport: Transport

  constructor(options: Options) {
    this.#transport = new Transport(options)
  }

  /** One page of at most 100 events. It may be empty although there are more: then its `next_cursor` differs from `after`. */
  page({ types, limit = PAGE, ...filter }: EventFilter = {}, signal?: AbortSignal): Promise<EventPage> {
    const query = new URLSearchParams({ limit: String(limit) })
    for (const [name, value] of Object.entries({ ...filter, types: types?.join(',') }))
      if (value !== undefined) query.set(name, value)
    return this.#transport.json<EventPage>('GET', `/v1/events?${query}`, signal && { signal })
  }

  /** The pages that have events, from `after` on. Each event comes once. */
  async *pages({
    follow = false,
    pollSeconds = POLL_SECONDS,
    signal,
    ...filter
  }: FollowOptions = {}): AsyncGenerator<EventPage, void> {
    let { after } = filter
    while (!signal?.aborted) {
      const page = await this.page({ ...filter, after }, signal)
      if (page.data.length > 0) yield page
      const isRead = page.next_cursor === (after ?? '0')
      after = page.next_cursor
      if (!isRead) continue
      if (!follow) return
      await pause(pollSeconds, signal)
    }
  }
}

function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, seconds * 1000)
    signal?.addEventListener('abort', done, { once: true })
    function done() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
  })
}
