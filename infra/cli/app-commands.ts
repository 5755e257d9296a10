// The commands "apps …": a tenant's ClickFunnels applications and their client secrets.
import type { Command, Values } from './command.ts'
import type { Json } from './json.ts'
import { age, type Column, time } from './output.ts'

const SECRET_VARIABLE = 'CLIENT_SECRET'
const SECRET_HELP = `The command reads the client secret from $${SECRET_VARIABLE} or from standard input, never from an argument.`

const secretLine = ({ serial, state, created_at }: Json) =>
  `${String(serial).padEnd(4)}${String(state).padEnd(10)}${age(created_at)} old`

/** What holds while ClickFunnels refuses connections of the app: see the runbook, "connections refused". */
const refusedLine = ({ refused_connections: count, ends_held_until: until }: Json) => {
  if (count === undefined) return ''
  const connections = `${count}${until ? ' or more' : ''} connections, and none accepted since`
  return until ? `${connections}; no connection is ended before ${time(until)}` : connections
}

/** The type that is always among those that an application wants. */
const ALWAYS = 'platform_application.disconnected'
const eventsLine = (types: readonly string[] | undefined) => (types ? [...types, ALWAYS].join('\n') : '')

const MEMBERS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['status', ({ status }) => status],
  ['suspended', ({ suspended_at }) => time(suspended_at)],
  ['client id', ({ client_id }) => client_id],
  ['client secrets', ({ client_secrets }) => client_secrets.map(secretLine).join('\n')],
  ['redirect URI', ({ redirect_uri }) => redirect_uri],
  ['events', ({ event_types }) => eventsLine(event_types)],
  ['events URL', ({ events_url }) => events_url ?? ''],
  ['health', ({ health }) => health.status + (health.since ? ` since ${time(health.since)}` : '')],
  ['refused', ({ health }) => refusedLine(health)],
  ['created', ({ created_at }) => time(created_at)],
  ['updated', ({ updated_at }) => time(updated_at)],
]

const tenantPath = ({ positionals }: Values) => `/v1/tenants/${encodeURIComponent(positionals[0] ?? '')}/apps`
const appPath = (values: Values) => `${tenantPath(values)}/${encodeURIComponent(values.positionals[1] ?? '')}`

function statusCommand(status: 'active' | 'suspended', about: string): Command {
  return {
    about,
    takes: ['tenant', 'app'],
    run: async ({ api, out, values }) =>
      out.record(await api.call('PATCH', appPath(values), { status }), MEMBERS),
  }
}

export const APP_COMMANDS: Readonly<Record<string, Command>> = {
  create: {
    about: "Registers a tenant's ClickFunnels application.",
    takes: ['tenant'],
    options: {
      name: { value: 'name', about: 'a name of your choice', required: true },
      'client-id': { value: 'id', about: 'its client id at ClickFunnels', required: true },
    },
    more: SECRET_HELP,
    run: async ({ api, out, terminal, values }) => {
      const app = await api.call('POST', tenantPath(values), {
        name: values.text('name'),
        client_id: values.text('client-id'),
        client_secret: await terminal.secret('client secret', SECRET_VARIABLE),
      })
      out.record(app, MEMBERS)
      out.say(
        'Next: enter this redirect URI at ClickFunnels, exactly as shown. Then create an API key: keys create <tenant> --name <name>',
      )
    },
  },
  list: {
    about: "Lists a tenant's applications.",
    takes: ['tenant'],
    run: async ({ api, out, values }) =>
      out.table(
        await api.call('GET', tenantPath(values)),
        [
          ['ID', ({ id }) => id],
          ['NAME', ({ name }) => name],
          ['STATUS', ({ status }) => status],
          ['HEALTH', ({ health }) => health.status],
          ['SECRETS', ({ client_secrets }) => client_secrets.map(({ state }: Json) => state).join(', ')],
          ['AGE', ({ created_at }) => age(created_at)],
        ],
        'The tenant has no applications. To register one: apps create',
      ),
  },
  show: {
    about: 'Shows an application with its redirect URI, health and the state of its client secrets.',
    takes: ['tenant', 'app'],
    run: async ({ api, out, values }) => out.record(await api.call('GET', appPath(values)), MEMBERS),
  },
  update: {
    about: 'Renames an application.',
    takes: ['tenant', 'app'],
    options: { name: { value: 'name', about: 'the new name', required: true } },
    run: async ({ api, out, values }) =>
      out.record(await api.call('PATCH', appPath(values), { name: values.text('name') }), MEMBERS),
  },
  events: {
    about: "Chooses the types of ClickFunnels' events that the tenant wants.",
    takes: ['tenant', 'app'],
    options: {
      types: {
        value: 'types',
        about: 'separated by commas, for example contact.identified; none if left out',
      },
      off: { about: 'no events at all; the endpoints at ClickFunnels are deleted' },
    },
    more: 'The type platform_application.disconnected is always among them, unless --off is given.',
    run: async ({ api, out, values }) => {
      const types = (values.text('types') ?? '').split(',').filter(Boolean)
      const event_types = values.flag('off') ? null : types
      out.record(await api.call('PATCH', appPath(values), { event_types }), MEMBERS)
    },
  },
  'events-secret': {
    about:
      "Stores the secret of an endpoint that the tenant created at ClickFunnels with the app's events URL.",
    takes: ['tenant', 'app'],
    more: SECRET_HELP,
    run: async ({ api, out, terminal, values }) => {
      const webhook_secret = await terminal.secret('webhook secret', SECRET_VARIABLE)
      out.record(await api.call('PATCH', appPath(values), { webhook_secret }), MEMBERS)
    },
  },
  'rotate-secret': {
    about: 'Adds a new client secret; the old one keeps working.',
    takes: ['tenant', 'app'],
    more: SECRET_HELP,
    run: async ({ api, out, terminal, values }) => {
      const client_secret = await terminal.secret('new client secret', SECRET_VARIABLE)
      out.record(await api.call('PATCH', appPath(values), { client_secret }), MEMBERS)
      out.say('Next: once "apps show" lists the new secret as in_use, remove the old one: apps remove-secret')
    },
  },
  'remove-secret': {
    about: 'Removes a client secret by its serial number, once ClickFunnels has accepted another one.',
    takes: ['tenant', 'app', 'serial'],
    options: { force: { about: 'remove it even if ClickFunnels has not accepted another one yet' } },
    run: async ({ api, out, values }) => {
      const serial = encodeURIComponent(values.positionals[2] ?? '')
      const query = values.flag('force') ? '?force=true' : ''
      out.record(await api.call('DELETE', `${appPath(values)}/client-secrets/${serial}${query}`), MEMBERS)
    },
  },
  suspend: statusCommand(
    'suspended',
    'Suspends an application. Calls through its connections stop within 60 s, token refreshes at once.',
  ),
  resume: statusCommand('active', 'Resumes a suspended application with all its connections.'),
  delete: {
    about: 'Deletes an application that is suspended and has no connections.',
    takes: ['tenant', 'app'],
    run: async ({ api, out, values }) => {
      await api.call('DELETE', appPath(values))
      out.say('Deleted.')
    },
  },
}
