// The command "connections timeline": what happened to a connection.
import { type Command, wholeNumber } from './command.ts'
import { connectionPath } from './connection-commands.ts'
import { time } from './output.ts'

export const TIMELINE_COMMANDS: Readonly<Record<string, Command>> = {
  timeline: {
    about: 'Shows what happened to a connection, newest first. Deleted connections keep theirs for 90 days.',
    takes: ['tenant', 'connection'],
    options: { limit: { value: 'number', about: 'how many entries, 1 to 200 (default: 50)' } },
    run: async ({ api, out, values }) => {
      const limit = wholeNumber(values, 'limit')
      const query = limit === undefined ? '' : `?limit=${limit}`
      out.table(
        await api.call('GET', `${connectionPath(values)}/timeline${query}`),
        [
          ['WHEN', ({ at }) => time(at)],
          ['CODE', ({ code }) => code],
          ['WHAT', ({ says }) => says],
          ['WHO', ({ by }) => [by?.type, by?.id].filter(Boolean).join(' ')],
        ],
        'Nothing happened to this connection in the last 90 days.',
      )
    },
  },
}
