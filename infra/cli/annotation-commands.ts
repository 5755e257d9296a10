// The command "connections annotate": sets the tags and the label of a connection.
import type { Command, Values } from './command.ts'
import { CONNECTION_MEMBERS, connectionPath } from './connection-commands.ts'
import { UsageError } from './faults.ts'

/** @throws UsageError */
function tagsOf(values: Values): Readonly<Record<string, string>> | null | undefined {
  const given = values.texts('tag')
  if (values.flag('no-tags')) {
    if (given !== undefined) throw new UsageError('--tag and --no-tags exclude each other.')
    return null
  }
  const pairs = given?.map((text) => {
    const at = text.indexOf('=')
    if (at < 1) throw new UsageError(`--tag takes <key>=<value>, not "${text}".`)
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  return pairs && Object.fromEntries(pairs)
}

export const ANNOTATION_COMMANDS: Readonly<Record<string, Command>> = {
  annotate: {
    about: 'Sets the tags and the label of a connection, which its events repeat.',
    takes: ['tenant', 'connection'],
    options: {
      tag: { value: 'key=value', about: 'a tag; the given tags replace all former ones', several: true },
      'no-tags': { about: 'remove all tags' },
      label: { value: 'text', about: 'the label; an empty one removes it' },
    },
    run: async ({ api, out, values }) => {
      const [tags, label] = [tagsOf(values), values.text('label')]
      if (tags === undefined && label === undefined)
        throw new UsageError('Nothing to change: give --tag, --no-tags or --label.')
      const change = { tags, label: label === '' ? null : label }
      out.record(await api.call('PATCH', connectionPath(values), change), CONNECTION_MEMBERS)
    },
  },
}
