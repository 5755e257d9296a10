// The commands "events …". They read the log as a tenant's back end does, with an API key that has the scope events:read.
import { EventReader } from '../../client/src/server.ts'
import { type Command, type Context, type Option, type Values, wholeNumber } from './command.ts'
import { EVENT_COLUMNS } from './event-lines.ts'
import { readPage } from './follow.ts'
import { listen } from './listen.ts'

const FILTER: Readonly<Record<string, Option>> = {
  types: {
    value: 'types',
    about: 'only these types, separated by commas, such as connection.broken,clickfunnels.*',
  },
  connection: { value: 'id', about: 'only events of this connection' },
  'end-user': { value: 'id', about: 'only events of this end user' },
}

const KEY = 'The API key is read from $FUNNEL_CONNECT_KEY or standard input, never from an argument.'

export const EVENT_COMMANDS: Readonly<Record<string, Command>> = {
  list: {
    about: "Lists a tenant's events, oldest first.",
    takes: [],
    options: {
      after: { value: 'cursor', about: 'start after this place (default: the oldest event)' },
      ...FILTER,
      limit: { value: 'number', about: 'events per page, 1 to 100 (default: 20)' },
    },
    more: KEY,
    run: async (context) => {
      const { out, values } = context
      const filter = {
        ...filterOf(values),
        after: values.text('after'),
        limit: wholeNumber(values, 'limit') ?? 20,
      }
      const answer = await readPage(await readerOf(context), filter)
      out.table(answer, EVENT_COLUMNS, 'There are no events after that.')
      out.say(`Later ones with: --after ${answer.next_cursor}`)
    },
  },
  listen: {
    about: "Shows a tenant's events as they come, and posts them to your server.",
    takes: [],
    options: {
      forward: { value: 'url', about: 'where to post each event, such as http://localhost:3000/hook' },
      after: { value: 'cursor', about: 'start after this place (default: only what comes from now on)' },
      place: { value: 'file', about: 'keep the place in this file, and go on there at the next start' },
      ...FILTER,
    },
    more: [
      'Each event is posted as a signed webhook (Standard Webhooks): the body is the event, and the headers are',
      'webhook-id, webhook-timestamp and webhook-signature. The signing secret is $WEBHOOK_SECRET, or a new one that is',
      'printed at the start. An event is posted once, whatever your server answers. While nothing listens at the URL, the',
      `command waits. It goes on after faults of the service, too. End it with Ctrl-C.\n${KEY}`,
    ].join('\n'),
    run: async (context) => listen(context, await readerOf(context), filterOf(context.values)),
  },
}

async function readerOf({ api, terminal }: Context): Promise<EventReader> {
  return new EventReader({ url: api.url, apiKey: await terminal.secret('API key', 'FUNNEL_CONNECT_KEY') })
}

function filterOf(values: Values) {
  return {
    types: values.text('types')?.split(','),
    connection_id: values.text('connection'),
    end_user_id: values.text('end-user'),
  }
}
