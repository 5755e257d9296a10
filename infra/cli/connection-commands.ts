// connections …, and revoke-all: what the operator sees of a tenant's connections, and how they are stopped.
import type { Command, Context, Values } from './command.ts'
import { UnfinishedError, UsageError } from './faults.ts'
import type { Json } from './json.ts'
import { age, type Column, time } from './output.ts'
import { moreOf, pageOf } from './tenant-commands.ts'

const standing = ({ status, suspended_at }: Json) => (suspended_at === undefined ? status : 'suspended')
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

function switching(suspended: boolean, about: string): Command {
  return {
    about,
    takes: ['tenant', 'connection'],
    run: async ({ api, out, values }) =>
      out.record(await api.call('PATCH', connectionPath(values), { suspended }), MEMBERS),
  }
}

const OF_APP = { value: 'app', about: 'of this application' } as const
const OF_END_USER = { value: 'id', about: 'of this end user, by the id the tenant calls them' } as const

export const CONNECTION_COMMANDS: Readonly<Record<string, Command>> = {
  list: {
    about: "Lists a tenant's connections, newest first.",
    takes: ['tenant'],
    options: {
      app: OF_APP,
      'end-user': OF_END_USER,
      status: { value: 'status', about: 'active, reauthorization_required or revoked' },
      limit: { value: 'number', about: 'how many (default 20, at most 100)' },
      cursor: { value: 'connection', about: 'the last one of the page before' },
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
          ['STATUS', standing],
          ['FAILURES', ({ token }) => String(token.consecutive_failures || '')],
          ['AGE', ({ created_at }) => age(created_at)],
        ],
        'There are no such connections.',
      )
      moreOf(out, answer)
    },
  },
  show: {
    about: 'Shows a connection; never a token.',
    takes: ['tenant', 'connection'],
    run: async ({ api, out, values }) => out.record(await api.call('GET', connectionPath(values)), MEMBERS),
  },
  suspend: switching(
    true,
    'Stops a connection: its calls within 5 s, its refreshes at once. Its tokens are kept.',
  ),
  resume: switching(
    false,
    'Lets a suspended connection go on, without its end user having to connect again.',
  ),
  revoke: {
    about: 'Disconnects for good: the tokens are revoked at ClickFunnels.',
    takes: ['tenant', 'connection'],
    run: async ({ api, out, values }) => {
      await api.call('DELETE', connectionPath(values))
      out.say('Disconnected. If ClickFunnels could not be reached, the revocation is tried again by itself.')
    },
  },
}

export const REVOKE_ALL: Command = {
  about: 'Revokes many connections, with progress and a report.',
  takes: ['tenant'],
  options: {
    all: { about: 'all of the tenant' },
    app: OF_APP,
    'end-user': OF_END_USER,
    confirm: { value: 'tenant', about: "the tenant's id once more, for scripts; else it is asked for" },
  },
  more: `It is safe to stop this and to call it again: it finds what is left. Connections that are made meanwhile are not
found: suspend the tenant or the application first.`,
  run: revokeAll,
}

async function revokeAll({ api, out, terminal, values }: Context): Promise<void> {
  const [app, endUser] = [values.text('app'), values.text('end-user')]
  if (values.flag('all') === (app !== undefined || endUser !== undefined)) {
    throw new UsageError('revoke-all: say whose connections: --all, or --app, --end-user or both.')
  }
  const scope = {
    ...(values.flag('all') && { all: true }),
    ...(app !== undefined && { app_id: app }),
    ...(endUser !== undefined && { end_user_id: endUser }),
  }
  const [tenant = ''] = values.positionals
  const question = 'Every one of these end users will have to connect again.'
  await terminal.confirm(question, tenant, values.text('confirm'))
  const sum = { processed: 0, revoked: 0, owed: 0, failed: 0 }
  const startedAt = Date.now()
  for (let cursor: string | undefined; ; ) {
    const step = await api.call('POST', `${tenantPath(values)}/revoke`, {
      ...scope,
      ...(cursor && { cursor }),
    })
    for (const count of ['processed', 'revoked', 'owed', 'failed'] as const) sum[count] += step[count]
    out.progress(`${sum.processed} processed: ${sum.revoked} revoked, ${sum.owed} owed, ${sum.failed} failed`)
    cursor = step.next_cursor
    if (cursor === undefined) break
  }
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  out.record({ tenant, ...scope, ...sum, seconds }, [
    ['tenant', () => tenant],
    ['processed', () => `${sum.processed} connections in ${seconds} s`],
    ['revoked', () => String(sum.revoked)],
    ['owed', () => (sum.owed === 0 ? '0' : `${sum.owed}: gone here; ClickFunnels is asked again by itself`)],
    ['failed', () => (sum.failed === 0 ? '0' : `${sum.failed}: still connected`)],
  ])
  if (sum.failed > 0)
    throw new UnfinishedError(`${sum.failed} connections are left.`, 'Run the same command again.')
}
