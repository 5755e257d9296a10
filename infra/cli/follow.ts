// Follows the event log by its cursor, and goes on after faults of the service.
import { setTimeout as sleep } from 'node:timers/promises'
import { Problem } from '../../client/src/problem.ts'
import type { EventFilter, EventPage, EventReader } from '../../client/src/server.ts'
import { CHECK_URL, CliError, refusalOf } from './faults.ts'

const DEADLINE_MILLISECONDS = 35_000
const POLL_MILLISECONDS = 1000
const MAX_PAUSE_MILLISECONDS = 30_000

/** Reads one page. @throws CliError that says what to do, when a repetition would not help; others for faults that may pass */
export async function readPage(
  reader: EventReader,
  filter: EventFilter,
  stop?: AbortSignal,
): Promise<EventPage> {
  const deadline = AbortSignal.timeout(DEADLINE_MILLISECONDS)
  try {
    return await reader.page(filter, stop ? AbortSignal.any([stop, deadline]) : deadline)
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new CliError("The URL is not Funnel Connect's API: it answers without JSON.", CHECK_URL)
    const isRefusal =
      error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429
    throw isRefusal ? refusalOf(error.status, JSON.stringify(error.body)) : error
  }
}

/** Every page from `after` on, the empty ones too, until `stop`. @throws CliError */
export async function* followPages(
  reader: EventReader,
  filter: EventFilter & { readonly after: string },
  { stop, say }: { readonly stop: AbortSignal; readonly say: (message: string) => void },
): AsyncGenerator<EventPage & { readonly after: string }, void> {
  let { after } = filter
  let faults = 0
  while (!stop.aborted) {
    const page = await readPage(reader, { ...filter, after }, stop).catch((error: Error) => {
      if (error instanceof CliError) throw error
      return error
    })
    if (page instanceof Error) {
      if (stop.aborted) return
      const pause = Math.min(POLL_MILLISECONDS * 2 ** faults++, MAX_PAUSE_MILLISECONDS)
      say(`The log cannot be read: ${page.message} Trying again in ${pause / 1000} s.`)
      await rest(pause, stop)
      continue
    }
    if (faults > 0) say('The log can be read again.')
    faults = 0
    yield { ...page, after }
    if (page.next_cursor === after) await rest(POLL_MILLISECONDS, stop)
    after = page.next_cursor
  }
}

async function rest(milliseconds: number, stop: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal: stop }).catch(() => undefined)
}
