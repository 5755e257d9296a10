// The commands "connections …" and "revoke-all".
import type { Command, Context, Values } from './command.ts'
import { UnfinishedError, UsageError } from './faults.ts'
import type { Json } from './json.ts'
import { age, type Column, time } from './output.ts'
import { moreOf, pageOf } from './tenant-commands.ts'

const statusOf = ({ status, suspended_at }: Json) => (suspended_at === undefined ? status : 'suspended')
const MEMBERS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['app', ({ app_id }) => app_id],
  [
    'end user',
    ({ end_user }) => `${end_user.id}${end_user.display_name ? ` (${end_user.display_name})` : ''}`,
  ],
  ['status', ({ status, status_reason }) => `${status}${status_reason ? ` (${status_reason})` : ''}`],
  ['suspended', ({ suspended_at }) => time(suspended_at)],
  [
    'workspace',
    ({ workspace }) => [workspace.name, workspace.id, workspace.subdomain].filter(Boolean).join(', '),
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

const tenantPath = ({ positionals }: Values) =>
  `/v1/tenants/${encodeURIComponent(positionals[0] ?? '')}/connections`
const connectionPath = (values: Values) =>
  `${tenantPath(values)}/${encodeURIComponent(values.positionals[1] ?? '')}`

function suspensionCommand(suspended: boolean, about: string): Command {
  return {
    about,
    takes: ['tenant', 'connection'],
    run: async ({ api, out, values }) =>
      out.record(await api.call('PATCH', connectionPath(values), { suspended }), MEMBERS),
  }
}

const OF_APP = { value: 'app', about: 'only connections of this application' } as const
const OF_END_USER = { value: 'id', about: "only connections of this end user (the tenant's own id)" } as const

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
    run: async ({ api, out, values }) => out.record(await api.call('GET', connectionPath(values)), MEMBERS),
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

export const REVOKE_ALL: Command = {
  about: "Revokes many or all of a tenant's connections and prints a report.",
  takes: ['tenant'],
  options: {
    all: { about: 'all connections of the tenant' },
    app: OF_APP,
    'end-user': OF_END_USER,
    confirm: {
      value: 'tenant',
      about: "the tenant's id again, for scripts (default: the command asks for it)",
    },
  },
  more: `You can stop this command and run it again: it continues with the connections that are left. It does not find
connections that are made while it runs. So suspend the tenant or the application first.`,
  run: revokeAll,
}

async function revokeAll({ api, out, terminal, values }: Context): Promise<void> {
  const [app, endUser] = [values.text('app'), values.text('end-user')]
  if (values.flag('all') === (app !== undefined || endUser !== undefined)) {
    throw new UsageError(
      'revoke-all: give either --all, or --app, --end-user or both.',
      '"revoke-all --help" shows its arguments and options.',
    )
  }
  const scope = {
    ...(values.flag('all') && { all: true }),
    ...(app !== undefined && { app_id: app }),
    ...(endUser !== undefined && { end_user_id: endUser }),
  }
  const [tenant = ''] = values.positionals
  const question = 'The end users of these connections will have to connect again.'
  await terminal.confirm(question, tenant, values.text('confirm'))
  const sum = { processed: 0, revoked: 0, owed: 0, failed: 0 }
  const startedAt = Date.now()
  for (let cursor: string | undefined; ; ) {
    const step = await api.call('POST', `${tenantPath(values)}/revoke`, {
      ...scope,
      ...(cursor && { cursor }),
    })
    for (const count of ['processed', 'revoked', 'owed', 'failed'] as const) sum[count] += step[count]
    out.progress(
      `${sum.processed} processed: ${sum.revoked} revoked, ${sum.owed} pending, ${sum.failed} failed`,
    )
    cursor = step.next_cursor
    if (cursor === undefined) break
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  out.record({ tenant, ...scope, ...sum, seconds }, [
    ['tenant', () => tenant],
    ['processed', () => `${sum.processed} connections in ${seconds} s`],
    ['revoked', () => String(sum.revoked)],
    [
      'pending',
      () =>
        sum.owed === 0
          ? '0'
          : `${sum.owed}: deleted here; the service retries the revocation at ClickFunnels`,
    ],
    ['failed', () => (sum.failed === 0 ? '0' : `${sum.failed}: still connected`)],
  ])
  if (sum.failed > 0)
    throw new UnfinishedError(
      `${sum.failed} connections could not be revoked.`,
      'Run the same command again.',
    )
}
