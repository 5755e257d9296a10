// The commands "limits …" and "audit".
import { type Command, wholeNumber } from './command.ts'
import { UsageError } from './faults.ts'
import { type Column, time } from './output.ts'
import { moreOf, pageOf, pathOf } from './tenant-commands.ts'

const NONE = "not limited for this tenant; the service's default applies, if there is one"
const LIMITS: readonly Column[] = [
  ['connections', ({ limits }) => String(limits?.connections ?? NONE)],
  ['sessions a minute', ({ limits }) => String(limits?.sessions_per_minute ?? NONE)],
  ['requests a second', ({ limits }) => String(limits?.requests_per_second ?? NONE)],
  ['requests at once', ({ limits }) => String(limits?.concurrent_requests ?? NONE)],
  ['seconds for a request', ({ limits }) => String(limits?.seconds_per_request ?? '25')],
]

export const LIMIT_COMMANDS: Readonly<Record<string, Command>> = {
  show: {
    about: "Shows a tenant's limits.",
    takes: ['tenant'],
    run: async ({ api, out, values }) => out.record(await api.call('GET', pathOf(values)), LIMITS),
  },
  set: {
    about: 'Sets limits of a tenant. Those that you leave out stay; "limits clear" removes all.',
    takes: ['tenant'],
    options: {
      connections: { value: 'number', about: 'how many connections it can have' },
      'sessions-per-minute': { value: 'number', about: 'how many connect sessions it can start in a minute' },
      'requests-per-second': {
        value: 'number',
        about: 'how many requests it can send through the proxy in a second',
      },
      'concurrent-requests': {
        value: 'number',
        about: 'how many requests can be under way in the proxy at the same time, averaged over 10 seconds',
      },
      'seconds-per-request': { value: 'number', about: 'how long a request can take, 1 to 25' },
    },
    run: async ({ api, out, values }) => {
      const given = Object.entries({
        connections: wholeNumber(values, 'connections'),
        sessions_per_minute: wholeNumber(values, 'sessions-per-minute'),
        requests_per_second: wholeNumber(values, 'requests-per-second'),
        concurrent_requests: wholeNumber(values, 'concurrent-requests'),
        seconds_per_request: wholeNumber(values, 'seconds-per-request'),
      }).filter(([, limit]) => limit !== undefined)
      if (given.length === 0) {
        throw new UsageError(
          'Give at least one limit, such as --connections 5.',
          '"limits clear" removes all of them.',
        )
      }
      // The API takes a tenant's limits as a whole.
      const { limits: before } = await api.call('GET', pathOf(values))
      const limits = { ...before, ...Object.fromEntries(given) }
      out.record(await api.call('PATCH', pathOf(values), { limits }), LIMITS)
    },
  },
  clear: {
    about: "Removes a tenant's limits: the service's defaults apply.",
    takes: ['tenant'],
    run: async ({ api, out, values }) =>
      out.record(await api.call('PATCH', pathOf(values), { limits: null }), LIMITS),
  },
}

export const AUDIT: Command = {
  about: "Lists a tenant's audit events, newest first. Deleted tenants keep theirs.",
  takes: ['tenant'],
  options: {
    action: { value: 'action', about: 'only events of this kind, such as connection.delete' },
    resource: { value: 'id', about: 'only events of this resource, such as an app, API key or connection' },
    limit: { value: 'number', about: 'events per page, 1 to 100 (default: 20)' },
    cursor: { value: 'event', about: 'start after this event' },
  },
  run: async ({ api, out, values }) => {
    const query = pageOf(values)
    for (const [name, option] of [
      ['action', 'action'],
      ['resource_id', 'resource'],
    ] as const) {
      const text = values.text(option)
      if (text !== undefined) query.set(name, text)
    }
    const answer = await api.call('GET', `${pathOf(values)}/audit-events?${query}`)
    out.table(
      answer,
      [
        ['WHEN', ({ at }) => time(at)],
        ['ACTION', ({ action }) => action],
        ['RESULT', ({ result }) => result],
        ['WHO', ({ actor }) => [actor.type, actor.id].filter(Boolean).join(' ')],
        ['WHAT', ({ resource }) => resource.id ?? resource.type],
        ['FROM', ({ source_ip }) => source_ip ?? ''],
        ['REASON', ({ reason }) => reason ?? ''],
      ],
      'No audit events found.',
    )
    moreOf(out, answer)
  },
}
