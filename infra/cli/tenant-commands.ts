// The commands "tenants …".
import type { Command, Context, Values } from './command.ts'
import { UnfinishedError } from './faults.ts'
import type { Json } from './json.ts'
import { age, type Column, time } from './output.ts'

export const TENANT_MEMBERS: readonly Column[] = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['status', ({ status }) => status],
  ['suspended', ({ suspended_at }) => time(suspended_at)],
  ['return URLs', ({ return_urls }) => return_urls.join('\n')],
  ['origins', ({ origins }) => origins.join('\n')],
  ['confirmed', ({ end_users_may_confirm }) => (end_users_may_confirm ? 'end users may choose it' : '')],
  ['logo', ({ logo }) => (logo ? `${logo.media_type}, ${logo.width} by ${logo.height} pixels` : '')],
  ['KMS key', ({ kms_key_arn }) => kms_key_arn ?? ''],
  ['created', ({ created_at }) => time(created_at)],
  ['updated', ({ updated_at }) => time(updated_at)],
  ['deleted', ({ deleted_at }) => time(deleted_at)],
]

const SETTINGS = {
  'return-url': { value: 'url', several: true, about: 'a URL that end users may return to' },
  origin: { value: 'origin', several: true, about: 'a web origin that may call the API' },
  'end-users-may-confirm': {
    about: 'let end users choose "confirmed" sessions with their JWTs (default: no)',
  },
  'kms-key': { value: 'arn', about: "the tenant's own KMS key (default: the service's)" },
} as const

export const pathOf = ({ positionals }: Values) => `/v1/tenants/${encodeURIComponent(positionals[0] ?? '')}`

function settings(values: Values): object {
  const [name, returnUrls, origins] = [
    values.text('name'),
    values.texts('return-url'),
    values.texts('origin'),
  ]
  const kmsKey = values.text('kms-key')
  return {
    ...(name !== undefined && { name }),
    ...(returnUrls && { return_urls: returnUrls }),
    ...(origins && { origins }),
    ...(values.flag('end-users-may-confirm') && { end_users_may_confirm: true }),
    ...(values.flag('end-users-may-not-confirm') && { end_users_may_confirm: false }),
    ...(kmsKey !== undefined && { kms_key_arn: kmsKey }),
    ...(values.flag('no-kms-key') && { kms_key_arn: null }),
  }
}

function statusCommand(status: 'active' | 'suspended', about: string, done: string): Command {
  return {
    about,
    takes: ['tenant'],
    run: async ({ api, out, values }) => {
      const tenant = await api.call('PATCH', pathOf(values), { status })
      out.say(`${tenant.name} is ${done}`)
      out.record(tenant, TENANT_MEMBERS)
    },
  }
}

export const TENANT_COMMANDS: Readonly<Record<string, Command>> = {
  create: {
    about: 'Creates a tenant.',
    takes: [],
    options: { name: { value: 'name', about: "the company's name", required: true }, ...SETTINGS },
    run: async ({ api, out, values }) => {
      const tenant = await api.call('POST', '/v1/tenants', settings(values))
      out.record(tenant, TENANT_MEMBERS)
      out.say(`Next: apps create ${tenant.id} --name <name> --client-id <id>`)
    },
  },
  list: {
    about: 'Lists tenants, newest first.',
    takes: [],
    options: {
      limit: { value: 'number', about: 'tenants per page, 1 to 100 (default: 20)' },
      cursor: { value: 'tenant', about: 'start after this tenant' },
    },
    run: async ({ api, out, values }) => {
      const answer = await api.call('GET', `/v1/tenants?${pageOf(values)}`)
      out.table(
        answer,
        [
          ['ID', ({ id }) => id],
          ['NAME', ({ name }) => name],
          ['STATUS', ({ status }) => status],
          ['AGE', ({ created_at }) => age(created_at)],
          ['CHANGED', ({ updated_at }) => time(updated_at)],
        ],
        'There are no tenants. To create one: tenants create --name <name>',
      )
      moreOf(out, answer)
    },
  },
  show: {
    about: 'Shows a tenant. For a deleted one, it shows what is left.',
    takes: ['tenant'],
    run: async ({ api, out, values }) => out.record(await api.call('GET', pathOf(values)), TENANT_MEMBERS),
  },
  update: {
    about: 'Changes a tenant. --return-url and --origin replace all earlier ones.',
    takes: ['tenant'],
    options: {
      name: { value: 'name', about: "the company's name" },
      ...SETTINGS,
      'end-users-may-not-confirm': { about: 'end users may no longer choose "confirmed" sessions' },
      'no-kms-key': { about: "use the service's KMS key again" },
    },
    run: async ({ api, out, values }) =>
      out.record(await api.call('PATCH', pathOf(values), settings(values)), TENANT_MEMBERS),
  },
  suspend: statusCommand(
    'suspended',
    'Suspends a tenant. Its calls stop within 60 s, its token refreshes at once. "resume" undoes it.',
    'suspended: calls stop within 60 s, token refreshes have stopped.',
  ),
  resume: statusCommand(
    'active',
    'Resumes a suspended tenant with all its connections.',
    'active: calls work within 60 s.',
  ),
  delete: {
    about: 'Deletes a suspended tenant for good: revokes its tokens, deletes its keys, erases its data.',
    takes: ['tenant'],
    options: {
      confirm: {
        value: 'tenant',
        about: "the tenant's id again, for scripts (default: the command asks for it)",
      },
      'without-revoking': {
        about: 'do not revoke tokens at ClickFunnels: they stay valid there and can no longer be revoked',
      },
    },
    more: 'You can stop this command and run it again: it continues where it stopped.',
    run: remove,
  },
}

async function remove({ api, out, terminal, values }: Context): Promise<void> {
  const tenant = await api.call('GET', pathOf(values))
  const question = `This deletes "${tenant.name}" with all its data for good. It cannot be undone.`
  await terminal.confirm(question, tenant.id, values.text('confirm'))
  const body = { confirm: tenant.id, revoke: !values.flag('without-revoking') }
  const sum = { revoked: 0, erased: 0 }
  for (;;) {
    const step = await api.call('DELETE', pathOf(values), body)
    sum.revoked += step.revoked
    sum.erased += step.erased
    out.progress(`${step.stage}: ${sum.revoked} connections revoked, ${sum.erased} items erased`)
    if (step.stage === 'deleted') break
    if (step.stage === 'revoking' && step.revoked === 0) throw stuck(tenant, step)
  }
  out.record({ id: tenant.id, status: 'deleted', ...sum }, [
    ['id', ({ id }) => id],
    ['status', ({ status }) => status],
    ['revoked', ({ revoked }) => `${revoked} connections`],
    ['erased', ({ erased }) => `${erased} items`],
  ])
}

function stuck({ id }: Json, { owed, failed }: Json): UnfinishedError {
  return new UnfinishedError(
    `At least ${owed + failed} connections could not be revoked at ClickFunnels. The tenant's keys were not deleted.`,
    `Try again later: tenants delete ${id}. Or delete it without revoking these tokens: --without-revoking.`,
  )
}

export function pageOf(values: Values): URLSearchParams {
  const query = new URLSearchParams()
  for (const name of ['limit', 'cursor', 'status']) {
    const value = values.text(name)
    if (value !== undefined) query.set(name, value)
  }
  return query
}

export function moreOf(out: Context['out'], answer: Json): void {
  if (answer.next_cursor !== undefined) out.say(`More with: --cursor ${answer.next_cursor}`)
}
