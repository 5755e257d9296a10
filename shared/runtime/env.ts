// The list of functions, and the environment variables of each. A function checks its variables once, when it starts; the
// CDK stack has to provide them. No schema library checks them, because every function would load it when it starts
// (docs/adr/0013).

interface Variable<T extends string = string> {
  /** Describes a valid value, to be read after "has to be". */
  readonly expected: string
  readonly accepts: (value: string) => value is T
  /** The variable may be absent or empty, which means the same: a CloudFormation parameter cannot be absent. */
  readonly blankable?: true
}

const variable = (expected: string, pattern: RegExp): Variable => ({
  expected,
  accepts: (value): value is string => pattern.test(value),
})
const oneOf = <T extends string>(...values: readonly T[]): Variable<T> => ({
  expected: `one of ${values.join(', ')}`,
  accepts: (value): value is T => values.includes(value as T),
})
const blankable = <T extends string>(one: Variable<T>) => ({ ...one, blankable: true }) as const

const text = variable('filled', /./)
const url: Variable = {
  expected: 'an http or https URL',
  accepts: (value): value is string => /^https?:\/\//.test(value) && URL.canParse(value),
}

const api = { TABLE_NAME: text, PUBLIC_URL: url }
const provider = {
  CLICKFUNNELS_PROFILE: oneOf('clickfunnels', 'seed', 'custom'),
  CLICKFUNNELS_ACCOUNTS_URL: blankable(url),
  // It may hold a placeholder for the workspace. It is not a valid URL before that is filled in.
  CLICKFUNNELS_API_URL: blankable(variable('an http or https URL', /^https?:\/\//)),
  CLICKFUNNELS_WORKSPACE_HOSTS: blankable(text),
}

const limit = blankable(variable('a whole number from 1 to 999999999', /^[1-9]\d{0,8}$/))
/** The limits of a tenant that has none of its own. Empty means no limit. */
const limits = {
  DEFAULT_CONNECTIONS: limit,
  DEFAULT_SESSIONS_PER_MINUTE: limit,
  DEFAULT_REQUESTS_PER_SECOND: limit,
  DEFAULT_CONCURRENT_REQUESTS: limit,
}

const days = variable('a number of days from 1 to 9999', /^[1-9]\d{0,3}$/)
const trailed = {
  ...api,
  AUDIT_RETENTION_DAYS: days,
}
const store = { ...trailed, ROOT_KEY_ARN: text, ...limits }
const full = { ...store, ...provider, RECOVERY_QUEUE_URL: url }
/** A thumbprint names the only key that an export may be sealed to (RFC 7638: SHA-256, in base64url). */
const exporting = {
  ...full,
  SEALED_EXPORT: blankable(variable('off, on or the thumbprint of a key', /^(off|on|[\w-]{43})$/)),
}
/** Browsers visit these functions. */
const shown = { ...full, OPERATOR_NAME: variable('1 to 60 characters', /^\P{Cc}{1,60}$/u) }
const refreshing = { ...full, LAZY_REFRESH: blankable(oneOf('off', 'on')) }

/**
 * The variables of each function, by the name of its file in functions/. Everything else that is said of each function
 * is typed by this list (infra/permissions.ts), so that a function which is missing there does not compile.
 */
export const ENV = {
  'connect-sessions': full,
  manage: shown,
  authorize: shown,
  callback: shown,
  connections: refreshing,
  proxy: refreshing,
  'keep-alive': refreshing,
  'recover-rotations': full,
  'rotate-keys': store,
  credentials: trailed,
  apps: store,
  'tenant-connections': exporting,
  tenants: store,
  'audit-events': trailed,
  events: trailed,
  'clickfunnels-events': full,
  'webhook-endpoints': { ...trailed, ROOT_KEY_ARN: text, WEBHOOK_QUEUE_URL: url },
  'send-webhooks': { ...api, ROOT_KEY_ARN: text, WEBHOOK_QUEUE_URL: url },
  'publish-events': {
    TABLE_NAME: text,
    EVENT_RETENTION_DAYS: days,
    WEBHOOK_QUEUE_URL: url,
  },
  service: { PUBLIC_URL: url },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Variable>>>>

export type FunctionName = keyof typeof ENV

type Value<V> = V extends Variable<infer T> ? (V extends { readonly blankable: true } ? T | '' : T) : never
/** The parsed environment of a function. A variable that is absent is the empty string. */
export type Settings<F extends FunctionName> = {
  readonly [K in keyof (typeof ENV)[F]]: Value<(typeof ENV)[F][K]>
}
/** The name of a variable that at least one function reads. */
export type VariableName = { [F in FunctionName]: keyof (typeof ENV)[F] }[FunctionName]

/** Every function. */
export const FUNCTION_NAMES = Object.keys(ENV) as FunctionName[]

/**
 * Checks and reads the environment variables of a function.
 * @throws Error that names every variable that is missing or invalid
 */
export function parseEnv<F extends FunctionName>(
  name: F,
  variables: Readonly<Record<string, string | undefined>>,
): Settings<F> {
  const settings: Record<string, string> = {}
  const faults: string[] = []
  for (const [key, { expected, accepts, blankable }] of Object.entries<Variable>(ENV[name])) {
    const value = variables[key] ?? ''
    if (!(value === '' && blankable) && !accepts(value)) faults.push(`${key} has to be ${expected}`)
    settings[key] = value
  }
  if (faults.length > 0) throw new Error(`The environment of "${name}" is incomplete: ${faults.join('; ')}`)
  return settings as Settings<F>
}
