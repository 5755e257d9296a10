// The environment of each function, as one schema: the function parses it once, the CDK stack has to provide it.
import * as z from 'zod/mini'

const url = z.url({ protocol: /^https?$/ })
/** CloudFormation has no "absent" for a parameter: an empty string means the same. */
const blankable = <T extends z.ZodMiniType<string>>(schema: T) => z.union([z.literal(''), schema])

const api = z.object({ TABLE_NAME: z.string().check(z.minLength(1)), PUBLIC_URL: url })
const vault = z.object({ ROOT_KEY_ARN: z.string().check(z.minLength(1)) })
const provider = z.object({
  CLICKFUNNELS_PROFILE: z.enum(['clickfunnels', 'seed', 'custom']),
  CLICKFUNNELS_ACCOUNTS_URL: z._default(blankable(url), ''),
  CLICKFUNNELS_API_URL: z._default(blankable(z.string().check(z.regex(/^https?:\/\//))), ''),
  CLICKFUNNELS_WORKSPACE_HOSTS: z._default(z.string(), ''),
})

const recovery = z.object({ RECOVERY_QUEUE_URL: url })

const limit = z._default(blankable(z.string().check(z.regex(/^[1-9]\d{0,8}$/))), '')
/** What a tenant may use that has no limits of its own; empty for no limit. */
const limits = z.object({
  DEFAULT_CONNECTIONS: limit,
  DEFAULT_SESSIONS_PER_MINUTE: limit,
  DEFAULT_REQUESTS_PER_SECOND: limit,
})

const audit = z.object({ AUDIT_RETENTION_DAYS: z.string().check(z.regex(/^[1-9]\d{0,3}$/)) })

const trailed = z.extend(api, audit.shape)
const store = z.extend(z.extend(trailed, vault.shape), limits.shape)
const full = z.extend(z.extend(store, provider.shape), recovery.shape)

/** What each function finds in its environment, by the function's file name. */
export const ENV = {
  'connect-sessions': full,
  authorize: full,
  callback: full,
  connections: full,
  proxy: full,
  'keep-alive': full,
  'recover-rotations': full,
  'rotate-keys': store,
  credentials: trailed,
  apps: store,
  'tenant-connections': full,
  tenants: store,
  'audit-events': trailed,
  service: z.object({ PUBLIC_URL: url }),
} as const

export type FunctionName = keyof typeof ENV
/** The variables of one function; those with a default may be left out. */
export type EnvOf<F extends FunctionName> = z.input<(typeof ENV)[F]>

/**
 * Parses the environment of a function.
 * @throws Error naming every variable that is missing or wrong, in one message
 */
export function parseEnv<F extends FunctionName>(
  name: F,
  variables: Readonly<Record<string, string | undefined>>,
): z.output<(typeof ENV)[F]> {
  const parsed = z.safeParse(ENV[name], variables)
  if (parsed.success) return parsed.data as z.output<(typeof ENV)[F]>
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The environment of "${name}" is incomplete: ${faults.join('; ')}`)
}
