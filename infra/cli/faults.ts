// What can go wrong for the person at the command line, each with its exit code and, where there is one, what to do next.
import { printable } from './output.ts'

const EXIT = { refused: 1, usage: 2, unfinished: 3 } as const

export const CHECK_URL = 'Check --url: it is the output "ApiUrl" of the stack FunnelConnectService.'

export class CliError extends Error {
  override readonly name: string = 'CliError'
  readonly exitCode: number = EXIT.refused
  readonly next: string | undefined

  constructor(message: string, next?: string) {
    super(message)
    this.next = next
  }
}

/** The command was not given as it has to be; nothing was asked of the service. */
export class UsageError extends CliError {
  override readonly name = 'UsageError'
  override readonly exitCode = EXIT.usage
}

/** Done as far as it goes; something is left. */
export class UnfinishedError extends CliError {
  override readonly name = 'UnfinishedError'
  override readonly exitCode = EXIT.unfinished
}

/** What to do about a refusal, by the problem's code. */
const NEXT: Readonly<Record<string, string>> = {
  not_found: 'Look for the id: tenants list, apps list <tenant>, connections list <tenant>.',
  tenant_not_suspended: 'Suspend it first: tenants suspend <tenant>.',
  client_secret_in_use:
    'See "apps show": once the new secret is "in_use", remove the former one. --force removes it now.',
  app_in_use: 'apps suspend, then revoke-all --app, then apps delete.',
  missing_credential: 'The API wants a signed request. Give its own URL with --url, and AWS credentials.',
  storage_unavailable: 'Try again in a moment; nothing is lost.',
}

/** What to do about an answer that is not the service's own, by its status. */
const NEXT_OF_OTHERS: Readonly<Record<number, string>> = {
  403: 'Your AWS credentials may not invoke this API: docs/deploy.md has the policy ("The first tenant").',
  404: CHECK_URL,
}

/** The refusal of an answer, as a person reads it. */
export function refusalOf(status: number, text: string): CliError {
  const problem = parsed(text)
  if (typeof problem?.code === 'string') {
    return new CliError(printable(`${status} ${problem.code}: ${problem.detail}`), NEXT[problem.code])
  }
  const said = typeof problem?.message === 'string' ? problem.message : 'no reason given'
  return new CliError(printable(`${status}: ${said}`), NEXT_OF_OTHERS[status])
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
