// keys …: the API keys a tenant's back end calls with.
import type { Command, Values } from './command.ts'
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

export const KEY_COMMANDS: Readonly<Record<string, Command>> = {
  create: {
    about: 'Issues an API key. It is shown this once.',
    takes: ['tenant'],
    options: { name: { value: 'name', about: 'what it is for', required: true } },
    run: async ({ api, out, values }) => {
      out.record(await api.call('POST', pathOf(values), { name: values.text('name') }), MEMBERS)
      out.say('Keep the key now: it is shown this once.')
    },
  },
  list: {
    about: "Lists a tenant's API keys; never a key itself.",
    takes: ['tenant'],
    run: async ({ api, out, values }) =>
      out.table(
        await api.call('GET', pathOf(values)),
        [
          ['ID', ({ id }) => id],
          ['NAME', ({ name }) => name],
          ['AGE', ({ created_at }) => age(created_at)],
        ],
        'The tenant has no API key: keys create',
      ),
  },
  revoke: {
    about: 'Revokes an API key: it stops working within 60 s.',
    takes: ['tenant', 'key'],
    run: async ({ api, out, values }) => {
      await api.call('DELETE', `${pathOf(values)}/${encodeURIComponent(values.positionals[1] ?? '')}`)
      out.say('Revoked: it stops working within 60 s.')
    },
  },
}
