// The command "events listen": each event is posted to a server, if one is given, and shown as a line.
import type { Event, EventFilter, EventReader } from '../../client/src/server.ts'
import type { Context } from './command.ts'
import { lineOf } from './event-lines.ts'
import { UsageError } from './faults.ts'
import { followPages, readPage } from './follow.ts'
import { forward, signingSecretOf, targetOf } from './forward.ts'
import { type Place, placeIn } from './place.ts'

export async function listen(
  { out, terminal, values }: Context,
  reader: EventReader,
  filter: EventFilter,
): Promise<void> {
  const [url, file, wanted] = ['forward', 'place', 'after'].map((option) => values.text(option))
  if (file !== undefined && wanted !== undefined)
    throw new UsageError('--place and --after exclude each other.')
  const to = url === undefined ? undefined : targetOf(url)
  const secret = signingSecretOf(terminal.variable('WEBHOOK_SECRET'))
  const kept = placeIn(file)
  const start = await startOf(reader, kept.place ?? (wanted === undefined ? undefined : { after: wanted }))
  kept.keep(start)
  const stop = terminal.interruption()
  const say = (message: string) => out.say(message)
  if (to !== undefined) out.line({ secret }, `Signing secret: ${secret}`)
  say(`Listening${to ? `, and posting to ${to.href}` : ''}. End with Ctrl-C.`)

  const pages = followPages(reader, { ...filter, after: start.after }, { stop, say })
  for await (const { data, after, next_cursor } of pages) {
    for (const event of withoutHandled(data, kept.place)) {
      const forwarded = to && (await forward(event, { to, secret, stop }, say))
      if (stop.aborted) break
      out.line({ ...event, ...(forwarded && { forwarded }) }, lineOf(event, forwarded))
      kept.keep({ after, handled: event.id })
    }
    if (!stop.aborted) kept.keep({ after: next_cursor })
  }
  say(
    file === undefined ? `Stopped. Go on with: --after ${kept.place?.after}` : 'Stopped. The place is kept.',
  )
}

/** @throws UsageError when the place lies beyond the end of the log */
async function startOf(reader: EventReader, place: Place | undefined): Promise<Place> {
  const { next_cursor: end } = await readPage(reader, { after: 'latest', limit: 1 })
  if (place === undefined) return { after: end }
  // Otherwise, the command would wait in silence until this log is as long as the other one.
  if (Number(place.after) > Number(end))
    throw new UsageError(
      `The log ends at ${end}, before the place ${place.after}. That place is in the log of another tenant or service.`,
      'Name another file with --place, or another cursor with --after.',
    )
  return place
}

/** The events of a page after the one that was handled last. */
function withoutHandled(events: readonly Event[], place: Place | undefined): readonly Event[] {
  const last = events.findIndex(({ id }) => id === place?.handled)
  return events.slice(last + 1)
}
