// The commands "webhooks …": where a tenant's events are sent, and what became of them.
import { type Command, type Values, wholeNumber } from './command.ts'
import { UsageError } from './faults.ts'
import type { Json } from './json.ts'
import { type Column, time } from './output.ts'

const MEMBERS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['url', ({ url }) => url],
  ['types', ({ types }) => (types ?? ['all']).join(' ')],
  ['description', ({ description }) => description ?? ''],
  ['status', (endpoint) => statusOf(endpoint)],
  ['secret', ({ secret }) => secret ?? ''],
  ['created', ({ created_at }) => time(created_at)],
]

const DELIVERIES: readonly Column[] = [
  ['ID', ({ id }) => id],
  ['EVENT', ({ event_type }) => event_type],
  ['STATUS', ({ status, failure }) => failure ?? status],
  ['ATTEMPTS', ({ attempts }) => attempts.map((one: Json) => one.status ?? one.fault).join(' ')],
  ['CREATED', ({ created_at }) => time(created_at)],
  ['NEXT', ({ next_attempt_at }) => time(next_attempt_at)],
]

const STORE_IT = 'Store the secret now. It cannot be shown again.'

function statusOf({ enabled, disabled_at, disabled_reason }: Json): string {
  return enabled ? 'enabled' : `disabled ${time(disabled_at)} (${disabled_reason})`
}

const pathOf = ({ positionals }: Values) =>
  `/v1/tenants/${encodeURIComponent(positionals[0] ?? '')}/webhook-endpoints`
const endpointOf = (values: Values) => `${pathOf(values)}/${encodeURIComponent(values.positionals[1] ?? '')}`

const typesOption = {
  value: 'types',
  about: 'only these types, separated by commas, such as connection.broken,clickfunnels.* (default: all)',
} as const

/** Enables or disables an endpoint. */
const switching = (about: string, enabled: boolean): Command => ({
  about,
  takes: ['tenant', 'endpoint'],
  run: async ({ api, out, values }) =>
    out.record(await api.call('PATCH', endpointOf(values), { enabled }), MEMBERS),
})

export const WEBHOOK_COMMANDS: Readonly<Record<string, Command>> = {
  add: {
    about: 'Creates a webhook endpoint. Its secret is shown only this once.',
    takes: ['tenant'],
    options: {
      endpoint: { value: 'url', about: 'where to send events: https, port 443', required: true },
      types: typesOption,
      description: { value: 'text', about: 'a note for people' },
    },
    run: async ({ api, out, values }) => {
      const types = values.text('types')?.split(',')
      const description = values.text('description')
      const body = {
        url: values.text('endpoint'),
        ...(types && { types }),
        ...(description && { description }),
      }
      out.record(await api.call('POST', pathOf(values), body), MEMBERS)
      out.say(STORE_IT)
    },
  },
  list: {
    about: "Lists a tenant's webhook endpoints.",
    takes: ['tenant'],
    run: async ({ api, out, values }) =>
      out.table(
        await api.call('GET', pathOf(values)),
        [
          ['ID', ({ id }) => id],
          ['STATUS', (endpoint) => statusOf(endpoint)],
          ['URL', ({ url }) => url],
        ],
        'The tenant has no webhook endpoints. To create one: webhooks add',
      ),
  },
  enable: switching('Enables a webhook endpoint. Events are sent from then on.', true),
  disable: switching('Disables a webhook endpoint. What waits for it is given up.', false),
  'rotate-secret': {
    about: 'Makes a new secret. Webhooks are signed with both for 24 hours.',
    takes: ['tenant', 'endpoint'],
    run: async ({ api, out, values }) => {
      out.record(await api.call('POST', `${endpointOf(values)}/rotate-secret`), MEMBERS)
      out.say(STORE_IT)
    },
  },
  remove: {
    about: 'Deletes a webhook endpoint.',
    takes: ['tenant', 'endpoint'],
    run: async ({ api, out, values }) => {
      await api.call('DELETE', endpointOf(values))
      out.say('Deleted.')
    },
  },
  deliveries: {
    about: 'Lists the deliveries of a webhook endpoint, newest first, with the answers to their attempts.',
    takes: ['tenant', 'endpoint'],
    options: {
      cursor: { value: 'id', about: 'start after this delivery (default: the newest)' },
      limit: { value: 'number', about: 'deliveries per page, 1 to 100 (default: 20)' },
    },
    run: async ({ api, out, values }) => {
      const query = new URLSearchParams({ limit: String(wholeNumber(values, 'limit') ?? 20) })
      const cursor = values.text('cursor')
      if (cursor !== undefined) query.set('cursor', cursor)
      const answer = await api.call('GET', `${endpointOf(values)}/deliveries?${query}`)
      out.table(answer, DELIVERIES, 'Nothing was sent to it yet. To try it: webhooks test')
      if (answer.next_cursor !== undefined) out.say(`More with: --cursor ${answer.next_cursor}`)
    },
  },
  resend: {
    about: 'Sends an event again.',
    takes: ['tenant', 'endpoint', 'delivery'],
    run: async ({ api, out, values }) => {
      const id = encodeURIComponent(values.positionals[2] ?? '')
      out.record(await api.call('POST', `${endpointOf(values)}/deliveries/${id}/resend`), DELIVERIES)
    },
  },
  replay: {
    about: 'Sends events of the log again: since a time, or by their ids.',
    takes: ['tenant', 'endpoint'],
    options: {
      since: { value: 'time', about: 'events since then, such as 2026-11-24T18:00:00Z' },
      event: { value: 'id', about: 'this event', several: true },
    },
    run: async ({ api, out, values }) => {
      const [since, events] = [values.text('since'), values.texts('event')]
      if ((since === undefined) === (events === undefined))
        throw new UsageError('webhooks replay takes either --since or --event.')
      const path = `${endpointOf(values)}/replay`
      let report = await api.call('POST', path, since === undefined ? { event_ids: events } : { since })
      let deliveries = report.deliveries
      while (report.next_cursor !== undefined) {
        report = await api.call('POST', path, { cursor: report.next_cursor })
        deliveries += report.deliveries
      }
      out.record({ deliveries }, [['events', (sum) => String(sum.deliveries)]])
    },
  },
  test: {
    about: 'Sends a test event, also to an endpoint that is disabled.',
    takes: ['tenant', 'endpoint'],
    run: async ({ api, out, values }) => {
      out.record(await api.call('POST', `${endpointOf(values)}/test`), DELIVERIES)
      out.say('How it ended: webhooks deliveries')
    },
  },
}
