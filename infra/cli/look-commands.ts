// The commands "connections look" and "connections look-refused": ask ClickFunnels now, not at the next look of the schedule.
import type { Command, Context, Values } from './command.ts'
import { CONNECTION_MEMBERS, connectionPath, OF_APP, OF_END_USER, tenantPath } from './connection-commands.ts'
import { UnfinishedError } from './faults.ts'
import type { Json } from './json.ts'
import type { Column } from './output.ts'

const FOUND: Readonly<Record<string, string>> = {
  works: 'ClickFunnels accepts the tokens',
  refused: 'ClickFunnels refuses the tokens',
  unknown: 'ClickFunnels gave no clear answer, and nothing changed',
  not_asked: 'ClickFunnels was not asked',
}

const foundText = ({ found, detail }: Json) => `${FOUND[found] ?? found}${detail ? ` (${detail})` : ''}`

const MEMBERS: readonly Column[] = [
  ['found', foundText],
  ...CONNECTION_MEMBERS.map(([name, of]): Column => [name, ({ connection }) => of(connection)]),
]

export const LOOK_COMMANDS: Readonly<Record<string, Command>> = {
  look: {
    about: 'Asks ClickFunnels now whether it accepts the tokens of a connection.',
    takes: ['tenant', 'connection'],
    more: 'A connection that was refused works again if ClickFunnels accepts its tokens.',
    run: async ({ api, out, values }) =>
      out.record(await api.call('POST', `${connectionPath(values)}/look`), MEMBERS),
  },
  'look-refused': {
    about: 'Looks at all refused connections of a tenant, one after the other, and prints a report.',
    takes: ['tenant'],
    options: { app: OF_APP, 'end-user': OF_END_USER },
    more: 'You can stop this command and run it again: it looks at the connections that are still refused.',
    run: lookAtRefused,
  },
}

async function lookAtRefused({ api, out, values }: Context): Promise<void> {
  const counts = { works: 0, refused: 0, unknown: 0, not_asked: 0 }
  let looked = 0
  for (let cursor: string | undefined; ; ) {
    const page = await api.call('GET', `${tenantPath(values)}?${queryOf(values, cursor)}`)
    for (const { id } of page.data) {
      const { found } = await api.call('POST', `${tenantPath(values)}/${encodeURIComponent(id)}/look`)
      counts[found as keyof typeof counts] += 1
      looked += 1
    }
    out.progress(`${looked} looked at: ${counts.works} work again, ${counts.refused} refused`)
    cursor = page.next_cursor
    if (cursor === undefined) break
  }
  out.record({ looked, ...counts }, [
    ['looked at', () => `${looked} refused connections`],
    ['work again', () => String(counts.works)],
    ['refused', () => String(counts.refused)],
    ['unknown', () => String(counts.unknown)],
    ['not asked', () => String(counts.not_asked)],
  ])
  const left = counts.unknown + counts.not_asked
  if (left > 0)
    throw new UnfinishedError(`${left} connections could not be looked at.`, 'Run the command again.')
}

function queryOf(values: Values, cursor: string | undefined): URLSearchParams {
  const query = new URLSearchParams({ status: 'reauthorization_required', limit: '100' })
  const [app, endUser] = [values.text('app'), values.text('end-user')]
  if (app !== undefined) query.set('app_id', app)
  if (endUser !== undefined) query.set('end_user_id', endUser)
  if (cursor !== undefined) query.set('cursor', cursor)
  return query
}
