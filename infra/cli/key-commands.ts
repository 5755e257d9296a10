// The commands "keys …": the API keys that a tenant's back end calls with.
import { type Command, type Values, wholeNumber } from './command.ts'
import { age, type Column, time } from './output.ts'

const MEMBERS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['API key', ({ api_key }) => api_key ?? ''],
  ['scopes', ({ scopes }) => (scopes ?? []).join(' ')],
  ['created', ({ created_at }) => time(created_at)],
  ['expires', ({ expires_at }) => time(expires_at)],
  ['last used', ({ last_used_at }) => time(last_used_at)],
]

const pathOf = ({ positionals }: Values) => `/v1/tenants/${encodeURIComponent(positionals[0] ?? '')}/api-keys`

const keyOf = (values: Values) => `${pathOf(values)}/${encodeURIComponent(values.positionals[1] ?? '')}`

const expiresOption = (fallback: string) =>
  ({ value: 'time', about: `when it expires, such as 2027-01-31T00:00:00Z (default: ${fallback})` }) as const
const expiryOf = (values: Values) => {
  const expires = values.text('expires')
  return expires === undefined ? {} : { expires_at: expires }
}

export const KEY_COMMANDS: Readonly<Record<string, Command>> = {
  create: {
    about: 'Creates an API key. It is shown only this once.',
    takes: ['tenant'],
    options: {
      name: { value: 'name', about: 'what it is for', required: true },
      scope: {
        value: 'scope',
        about:
          'a scope it gets, such as connections:read (default: all but connections:import and connections:export)',
        several: true,
      },
      expires: expiresOption('never'),
    },
    run: async ({ api, out, values }) => {
      const scopes = values.texts('scope')
      const body = { name: values.text('name'), ...(scopes && { scopes }), ...expiryOf(values) }
      out.record(await api.call('POST', pathOf(values), body), MEMBERS)
      out.say('Store the key now. It cannot be shown again.')
    },
  },
  rotate: {
    about: 'Creates a new API key that replaces an old one. Both work until the overlap ends.',
    takes: ['tenant', 'key'],
    options: {
      overlap: { value: 'seconds', about: 'how long the old key keeps working (default: 86400, a day)' },
      expires: expiresOption('the same lifetime as the old key'),
    },
    run: async ({ api, out, values }) => {
      const body = { overlap_seconds: wholeNumber(values, 'overlap'), ...expiryOf(values) }
      out.record(await api.call('POST', `${keyOf(values)}/rotate`, body), MEMBERS)
      out.say('Store the new key now. It cannot be shown again. The old key expires when the overlap ends.')
    },
  },
  list: {
    about: "Lists a tenant's API keys, without the keys themselves.",
    takes: ['tenant'],
    run: async ({ api, out, values }) =>
      out.table(
        await api.call('GET', pathOf(values)),
        [
          ['ID', ({ id }) => id],
          ['NAME', ({ name }) => name],
          ['KEY', ({ hint }) => `${hint}…`],
          ['STATUS', ({ status }) => status],
          ['SCOPES', ({ scopes }) => scopes.join(' ')],
          ['EXPIRES', ({ expires_at }) => time(expires_at)],
          ['AGE', ({ created_at }) => age(created_at)],
          ['LAST USED', ({ last_used_at }) => time(last_used_at)],
        ],
        'The tenant has no API keys. To create one: keys create',
      ),
  },
  revoke: {
    about: 'Revokes an API key. It stops working within 60 s.',
    takes: ['tenant', 'key'],
    run: async ({ api, out, values }) => {
      await api.call('DELETE', keyOf(values))
      out.say('Revoked. The key stops working within 60 s.')
    },
  },
}
