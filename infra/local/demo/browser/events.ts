// A strip for developers: what Funnel Connect tells the product about this user, as it happens. The page follows the event log with
// the user's own token, so it shows a broken connection without a click.
import type { Event } from '@funnel-connect/client/server'
import { h } from './elements.ts'

const SHOWN = 6

const SENTENCES: Readonly<Record<string, string>> = {
  'connection.created': 'ClickFunnels was connected.',
  'connection.reconnected': 'ClickFunnels was connected again.',
  'connection.at_risk': 'ClickFunnels refused the access once. Funnel Connect looks again.',
  'connection.broken': 'ClickFunnels ended the access.',
  'connection.recovered': 'The access works again.',
  'connection.disconnected': 'ClickFunnels was disconnected.',
  'connection.suspended': 'The operator stopped the connection.',
  'connection.resumed': 'The operator let the connection go on.',
  'connect_session.failed': 'An attempt to connect failed.',
}

/** The connection's status after an event; a disconnected one has none. */
const STATUS_AFTER: Readonly<Record<string, string | undefined>> = {
  'connection.created': 'active',
  'connection.reconnected': 'active',
  'connection.recovered': 'active',
  'connection.broken': 'reauthorization_required',
  'connection.disconnected': undefined,
}

/** Whether the newest of these events tells of another status than the page shows. */
export function tellsOfChange(news: readonly Event[], status: string | undefined): boolean {
  const last = news.findLast(({ type }) => type in STATUS_AFTER)
  return last !== undefined && STATUS_AFTER[last.type] !== status
}

/** The events to show, newest first. */
export function withNews(shown: readonly Event[], news: readonly Event[]): readonly Event[] {
  return [...news.toReversed(), ...shown].slice(0, SHOWN)
}

export function eventStrip(events: readonly Event[]): Node[] {
  if (events.length === 0) return []
  return [h('h2', {}, 'What Funnel Connect told Tidemark'), h('ol', { class: 'events' }, ...events.map(line))]
}

function line({ type, timestamp, data }: Event): Node {
  const reason = 'reason' in data && data.reason ? ` (${data.reason})` : ''
  return h(
    'li',
    {},
    h('time', { datetime: timestamp }, new Date(timestamp).toLocaleTimeString()),
    h('span', {}, SENTENCES[type] ?? 'ClickFunnels reported an event.'),
    h('code', {}, `${type}${reason}`),
  )
}
