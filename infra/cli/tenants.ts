// The operator's command line: npm run tenants -- <noun> <verb>. Each command calls routes of the API. It lies beside the
// deployment code, because the people who deploy use it. It is part of no function.

import { ANNOTATION_COMMANDS } from './annotation-commands.ts'
import { operatorApi } from './api.ts'
import { APP_COMMANDS } from './app-commands.ts'
import { type Command, helpOf, readArguments } from './command.ts'
import { CONNECTION_COMMANDS } from './connection-commands.ts'
import { EVENT_COMMANDS } from './event-commands.ts'
import { EXPORT_COMMAND } from './export-command.ts'
import { CliError, UsageError } from './faults.ts'
import { IDENTITY_PROVIDER_COMMANDS } from './identity-provider-commands.ts'
import { IMPORT_COMMAND } from './import-command.ts'
import { KEY_COMMANDS } from './key-commands.ts'
import { LOGO_COMMANDS } from './logo-commands.ts'
import { LOOK_COMMANDS } from './look-commands.ts'
import { Output } from './output.ts'
import { AUDIT, LIMIT_COMMANDS } from './oversight-commands.ts'
import { REVOKE_ALL } from './revoke-all-command.ts'
import { TENANT_COMMANDS } from './tenant-commands.ts'
import { type Surroundings, Terminal } from './terminal.ts'
import { TIMELINE_COMMANDS } from './timeline-command.ts'
import { WEBHOOK_COMMANDS } from './webhook-commands.ts'

const LOCAL_API = 'http://127.0.0.1:4600'

/** Commands by name, as the operator types it. */
const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ...ofNoun('tenants', TENANT_COMMANDS),
  ...ofNoun('logo', LOGO_COMMANDS),
  ...ofNoun('apps', APP_COMMANDS),
  ...ofNoun('keys', KEY_COMMANDS),
  ...ofNoun('connections', {
    ...CONNECTION_COMMANDS,
    ...TIMELINE_COMMANDS,
    ...ANNOTATION_COMMANDS,
    ...LOOK_COMMANDS,
    import: IMPORT_COMMAND,
    export: EXPORT_COMMAND,
  }),
  ...ofNoun('events', EVENT_COMMANDS),
  ...ofNoun('webhooks', WEBHOOK_COMMANDS),
  ['revoke-all', REVOKE_ALL],
  ...ofNoun('identity-providers', IDENTITY_PROVIDER_COMMANDS),
  ...ofNoun('limits', LIMIT_COMMANDS),
  ['audit', AUDIT],
])

function ofNoun(noun: string, verbs: Readonly<Record<string, Command>>): [string, Command][] {
  return Object.entries(verbs).map(([verb, command]) => [`${noun} ${verb}`, command])
}

function overview(only?: string): string {
  const shown = [...COMMANDS].filter(([name]) => only === undefined || name.startsWith(`${only} `))
  const width = Math.max(...shown.map(([name]) => name.length)) + 2
  return [
    'Usage: npm run tenants -- <command> [arguments] [options]\n',
    ...shown.map(([name, { about }]) => `  ${name.padEnd(width)}${about}`),
    '\n"<command> --help" shows its arguments and options. --url says which API to call (default: the local stack).',
    "--json prints the API's answer for scripts.",
    'Exit codes: 0 done, 1 the API refused or could not be reached, 2 wrong usage, 3 only partly done.',
  ].join('\n')
}

async function run(given: readonly string[], io: Surroundings): Promise<void> {
  const [noun = '', verb = ''] = given
  const single = COMMANDS.get(noun)
  const name = single === undefined ? `${noun} ${verb}` : noun
  const command = COMMANDS.get(name)
  if (command === undefined) {
    const isNoun = [...COMMANDS.keys()].some((known) => known.startsWith(`${noun} `))
    if (['', '--help', '-h', 'help'].includes(noun) || (isNoun && ['', '--help'].includes(verb))) {
      return void io.stdout.write(`${overview(isNoun ? noun : undefined)}\n`)
    }
    throw new UsageError(
      `There is no command "${name.trim()}".`,
      isNoun ? `"${noun} --help" lists the commands of ${noun}.` : '"--help" lists all commands.',
    )
  }
  const values = readArguments(name, command, given.slice(single === undefined ? 2 : 1))
  if (values.flag('help')) return void io.stdout.write(`${helpOf(name, command)}\n`)
  const api = operatorApi(values.text('url') ?? io.env.FUNNEL_CONNECT_URL ?? LOCAL_API, values.text('region'))
  const out = new Output(values.flag('json'), io.stdout, io.stderr)
  try {
    await command.run({ api, values, out, terminal: new Terminal(io) })
  } finally {
    out.endProgress()
  }
}

/** Runs one command. Returns the exit code. */
export async function main(given: readonly string[], io: Surroundings): Promise<number> {
  try {
    await run(given, io)
    return 0
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    io.stderr.write(`${error.message}\n${error.next === undefined ? '' : `→ ${error.next}\n`}`)
    return error.exitCode
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2), process)
