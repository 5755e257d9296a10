// The environment of each function, as one table: the function checks it once, the CDK stack has to provide it. Every
// function starts with it, so it is read without a schema library, which would cost as much as the whole of our code.

interface Variable<T extends string = string> {
  /** What a good value is, to be read after "has to be". */
  readonly expected: string
  readonly accepts: (value: string) => value is T
  /** CloudFormation has no "absent" for a parameter: an empty string means the same. */
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
  // May hold a placeholder for the workspace, which makes it no URL yet.
  CLICKFUNNELS_API_URL: blankable(variable('an http or https URL', /^https?:\/\//)),
  CLICKFUNNELS_WORKSPACE_HOSTS: blankable(text),
}

const limit = blankable(variable('a whole number from 1 to 999999999', /^[1-9]\d{0,8}$/))
/** What a tenant may use that has no limits of its own; empty for no limit. */
const limits = {
  DEFAULT_CONNECTIONS: limit,
  DEFAULT_SESSIONS_PER_MINUTE: limit,
  DEFAULT_REQUESTS_PER_SECOND: limit,
}

const trailed = {
  ...api,
  AUDIT_RETENTION_DAYS: variable('a number of days from 1 to 9999', /^[1-9]\d{0,3}$/),
}
const store = { ...trailed, ROOT_KEY_ARN: text, ...limits }
const full = { ...store, ...provider, RECOVERY_QUEUE_URL: url }

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
  service: { PUBLIC_URL: url },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Variable>>>>

export type FunctionName = keyof typeof ENV

type Value<V> = V extends Variable<infer T> ? (V extends { readonly blankable: true } ? T | '' : T) : never
type Blankable<Variables> = {
  [K in keyof Variables]: Variables[K] extends { readonly blankable: true } ? K : never
}[keyof Variables]
type Values<Variables> = { readonly [K in keyof Variables]: Value<Variables[K]> }
/** What a function's environment says; what may be left out is then empty. */
export type Settings<F extends FunctionName> = Values<(typeof ENV)[F]>
/** The variables of one function; those that may be empty may be left out. */
export type EnvOf<F extends FunctionName> = Omit<Settings<F>, Blankable<(typeof ENV)[F]>> &
  Partial<Pick<Settings<F>, Blankable<(typeof ENV)[F]>>>

/**
 * Reads the environment of a function.
 * @throws Error naming every variable that is missing or wrong, in one message
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
