// How events are shown: as rows of a table, and one by one as they come.
import type { Event } from '../../client/src/server.ts'
import { type Column, time } from './output.ts'

const TYPE_WIDTH = 24

const aboutOf = ({ data }: Event): string =>
  data.connection_id ?? data.connect_session_id ?? data.app_id ?? ''
const whyOf = ({ data }: Event): string => data.reason ?? data.by ?? ''

export const EVENT_COLUMNS: readonly Column[] = [
  ['WHEN', ({ timestamp }) => time(timestamp)],
  ['TYPE', ({ type }) => type],
  ['ABOUT', (event) => aboutOf(event)],
  ['NUMBER', ({ data }) => String(data.sequence)],
  ['END USER', ({ data }) => data.end_user?.id ?? ''],
  ['WHY', (event) => whyOf(event)],
  ['ID', ({ id }) => id],
]

/** @param forwarded how the post to the developer's server ended */
export function lineOf(event: Event, forwarded: string | undefined): string {
  const { timestamp, type, data } = event
  const about = [aboutOf(event), `#${data.sequence}`, whyOf(event)].filter(Boolean).join(' ')
  const ended = forwarded === undefined ? '' : `  → ${forwarded}`
  return `${timestamp.slice(11, 19)}  ${type.padEnd(TYPE_WIDTH)}  ${about}${ended}`
}
