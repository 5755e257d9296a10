// The command "revoke-all".
import type { Command, Context } from './command.ts'
import { OF_APP, OF_END_USER, tenantPath } from './connection-commands.ts'
import { UnfinishedError, UsageError } from './faults.ts'

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
