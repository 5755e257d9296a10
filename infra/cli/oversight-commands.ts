// limits and audit: what a tenant may use, and what was done to it.

import { type Command, wholeNumber } from './command.ts'
import { UsageError } from './faults.ts'
import { type Column, time } from './output.ts'
import { moreOf, pageOf, pathOf } from './tenant-commands.ts'

const NONE = 'not limited, or by the default of the service'
const LIMITS: readonly Column[] = [
  ['connections', ({ limits }) => String(limits?.connections ?? NONE)],
  ['sessions a minute', ({ limits }) => String(limits?.sessions_per_minute ?? NONE)],
  ['requests a second', ({ limits }) => String(limits?.requests_per_second ?? NONE)],
]

export const LIMIT_COMMANDS: Readonly<Record<string, Command>> = {
  show: {
    about: 'Shows what a tenant may use at the most.',
    takes: ['tenant'],
    run: async ({ api, out, values }) => out.record(await api.call('GET', pathOf(values)), LIMITS),
  },
  set: {
    about: "Sets a tenant's limits. Those that are left out end: the service's defaults hold then.",
    takes: ['tenant'],
    options: {
      connections: { value: 'number', about: 'connections at a time' },
      'sessions-per-minute': { value: 'number', about: 'connect sessions started a minute' },
      'requests-per-second': { value: 'number', about: 'proxied requests a second' },
    },
    run: async ({ api, out, values }) => {
      const limits = {
        connections: wholeNumber(values, 'connections'),
        sessions_per_minute: wholeNumber(values, 'sessions-per-minute'),
        requests_per_second: wholeNumber(values, 'requests-per-second'),
      }
      if (Object.values(limits).every((limit) => limit === undefined)) {
        throw new UsageError(
          'Name a limit, as --connections 5. "limits clear" takes all of a tenant\'s own away.',
        )
      }
      out.record(await api.call('PATCH', pathOf(values), { limits }), LIMITS)
    },
  },
  clear: {
    about: "Takes a tenant's own limits away: the service's defaults hold then.",
    takes: ['tenant'],
    run: async ({ api, out, values }) =>
      out.record(await api.call('PATCH', pathOf(values), { limits: null }), LIMITS),
  },
}

export const AUDIT: Command = {
  about: 'Shows what was done to a tenant, by whom, newest first; of a deleted one, too.',
  takes: ['tenant'],
  options: {
    action: { value: 'action', about: 'only this, such as connection.delete' },
    resource: { value: 'id', about: 'only what concerns this app, key, session or connection' },
    limit: { value: 'number', about: 'how many (default 20, at most 100)' },
    cursor: { value: 'event', about: 'the last one of the page before' },
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
      'Nothing is in the trail.',
    )
    moreOf(out, answer)
  },
}
