// The errors of the command line. Each has an exit code and, where we know it, a next step.
import { printable } from './output.ts'

const EXIT = { refused: 1, usage: 2, unfinished: 3 } as const

export const CHECK_URL = 'Check --url: give the output "ApiUrl" of the stack FunnelConnectService.'

export class CliError extends Error {
  override readonly name: string = 'CliError'
  readonly exitCode: number = EXIT.refused
  readonly next: string | undefined

  constructor(message: string, next?: string) {
    super(message)
    this.next = next
  }
}

/** The API has refused the request. */
export class RefusalError extends CliError {
  /** Of the problem document. Absent if the answer is not the service's own. */
  readonly code: string | undefined
  /** Seconds, by the header `Retry-After`. */
  readonly retryAfter: number | undefined

  constructor(
    message: string,
    next: string | undefined,
    code: string | undefined,
    retryAfter: string | null,
  ) {
    super(message, next)
    this.code = code
    this.retryAfter = /^\d+$/.test(retryAfter ?? '') ? Number(retryAfter) : undefined
  }
}

/** The arguments are wrong. The command has changed nothing. */
export class UsageError extends CliError {
  override readonly name = 'UsageError'
  override readonly exitCode = EXIT.usage
}

/** The command has done a part of its work. */
export class UnfinishedError extends CliError {
  override readonly name = 'UnfinishedError'
  override readonly exitCode = EXIT.unfinished
}

/** The next step, by the problem's code. */
const NEXT: Readonly<Record<string, string>> = {
  not_found: 'Look up the id: tenants list, apps list <tenant>, connections list <tenant>.',
  tenant_not_suspended: 'Suspend it first: tenants suspend <tenant>.',
  export_too_early: 'Run the command again in a minute.',
  export_key_missing:
    'The tenant registers one: PUT /v1/export-key. docs/migrate.md has the steps ("Leaving").',
  export_disabled:
    'Deploy with --parameters FunnelConnectService:SealedExport=<thumbprint>. docs/deploy.md says when.',
  client_secret_in_use:
    'Wait until "apps show" lists another secret as in_use. Or add --force to remove this one now.',
  app_in_use:
    'First: apps suspend <tenant> <app>. Then: revoke-all <tenant> --app <app>. Pending revocations must end, too.',
  missing_credential: 'The API needs signed requests. Give its own URL with --url, and AWS credentials.',
  insufficient_scope: 'Create a key with the scope: keys create <tenant> --name <name> --scope <scope>.',
  invalid_credential: 'Set $FUNNEL_CONNECT_KEY to an API key of the tenant that is in force.',
  storage_unavailable: 'Try again in a moment.',
}

/** The next step when the answer is not the service's own, by its status. */
const NEXT_OF_OTHERS: Readonly<Record<number, string>> = {
  403: 'Your AWS credentials do not permit calls of this API. docs/deploy.md has the policy ("The first tenant").',
  404: CHECK_URL,
}

/**
 * The error for an answer with a status of 400 or more.
 * @param retryAfter the header
 */
export function refusalOf(status: number, text: string, retryAfter: string | null = null): RefusalError {
  const problem = parsed(text)
  if (typeof problem?.code === 'string') {
    // A problem about a scope names it.
    const next = NEXT[problem.code]?.replace('<scope>', printable(String(problem.scope)))
    const message = printable(`${status} ${problem.code}: ${problem.detail}`)
    return new RefusalError(message, next, problem.code, retryAfter)
  }
  const message = typeof problem?.message === 'string' ? problem.message : 'no reason given'
  const next = NEXT_OF_OTHERS[status]
  return new RefusalError(printable(`${status}: ${message}`), next, undefined, retryAfter)
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
