// The commands "connections …".
import type { Command, Values } from './command.ts'
import type { Json } from './json.ts'
import { age, type Column, time } from './output.ts'
import { moreOf, pageOf } from './tenant-commands.ts'

const statusOf = ({ status, suspended_at }: Json) => (suspended_at === undefined ? status : 'suspended')
export const CONNECTION_MEMBERS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['app', ({ app_id }) => app_id],
  [
    'end user',
    ({ end_user }) => `${end_user.id}${end_user.display_name ? ` (${end_user.display_name})` : ''}`,
  ],
  ['status', ({ status, status_reason }) => `${status}${status_reason ? ` (${status_reason})` : ''}`],
  ['refused', ({ refused_at }) => time(refused_at)],
  ['ended', ({ ended_at }) => time(ended_at)],
  ['suspended', ({ suspended_at }) => time(suspended_at)],
  [
    'workspace',
    ({ workspace }) => [workspace.name, workspace.id, workspace.subdomain].filter(Boolean).join(', '),
  ],
  ['label', ({ label }) => label ?? ''],
  [
    'tags',
    ({ tags }) =>
      Object.entries(tags ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join('\n'),
  ],
  ['scopes', ({ scopes }) => scopes.join(' ')],
  ['token', ({ token }) => (token.refreshable ? `expires ${time(token.expires_at)}` : 'does not expire')],
  ['next due', ({ token }) => time(token.next_due_at)],
  [
    'failures',
    ({ token }) => [token.consecutive_failures || '', token.last_error].filter(Boolean).join(', '),
  ],
  ['created', ({ created_at }) => time(created_at)],
  ['updated', ({ updated_at }) => time(updated_at)],
]

export const tenantPath = ({ positionals }: Values) =>
  `/v1/tenants/${encodeURIComponent(positionals[0] ?? '')}/connections`
export const connectionPath = (values: Values) =>
  `${tenantPath(values)}/${encodeURIComponent(values.positionals[1] ?? '')}`

function suspensionCommand(suspended: boolean, about: string): Command {
  return {
    about,
    takes: ['tenant', 'connection'],
    run: async ({ api, out, values }) =>
      out.record(await api.call('PATCH', connectionPath(values), { suspended }), CONNECTION_MEMBERS),
  }
}

export const OF_APP = { value: 'app', about: 'only connections of this application' } as const
export const OF_END_USER = {
  value: 'id',
  about: "only connections of this end user (the tenant's own id)",
} as const

export const CONNECTION_COMMANDS: Readonly<Record<string, Command>> = {
  list: {
    about: "Lists a tenant's connections, newest first.",
    takes: ['tenant'],
    options: {
      app: OF_APP,
      'end-user': OF_END_USER,
      status: { value: 'status', about: 'active or reauthorization_required' },
      limit: { value: 'number', about: 'connections per page, 1 to 100 (default: 20)' },
      cursor: { value: 'connection', about: 'start after this connection' },
    },
    run: async ({ api, out, values }) => {
      const query = pageOf(values)
      const [app, endUser] = [values.text('app'), values.text('end-user')]
      if (app !== undefined) query.set('app_id', app)
      if (endUser !== undefined) query.set('end_user_id', endUser)
      const answer = await api.call('GET', `${tenantPath(values)}?${query}`)
      out.table(
        answer,
        [
          ['ID', ({ id }) => id],
          ['END USER', ({ end_user }) => end_user.id],
          ['WORKSPACE', ({ workspace }) => workspace.name ?? workspace.id ?? ''],
          ['STATUS', statusOf],
          ['FAILURES', ({ token }) => String(token.consecutive_failures || '')],
          ['AGE', ({ created_at }) => age(created_at)],
        ],
        'No connections found.',
      )
      moreOf(out, answer)
    },
  },
  show: {
    about: 'Shows a connection, without its tokens.',
    takes: ['tenant', 'connection'],
    run: async ({ api, out, values }) =>
      out.record(await api.call('GET', connectionPath(values)), CONNECTION_MEMBERS),
  },
  suspend: suspensionCommand(
    true,
    'Suspends a connection. Its calls stop within 5 s, its token refreshes at once. It keeps its tokens.',
  ),
  resume: suspensionCommand(false, 'Resumes a suspended connection.'),
  revoke: {
    about: 'Revokes the tokens of a connection at ClickFunnels and deletes it.',
    takes: ['tenant', 'connection'],
    run: async ({ api, out, values }) => {
      await api.call('DELETE', connectionPath(values))
      out.say('Disconnected. If ClickFunnels could not be reached, the service retries the revocation.')
    },
  },
}
