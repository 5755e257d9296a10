// What a command is, how its arguments are parsed (node:util's parseArgs) and how its help is printed.
import { parseArgs } from 'node:util'
import type { OperatorApi } from './api.ts'
import { UsageError } from './faults.ts'
import type { Output } from './output.ts'
import type { Terminal } from './terminal.ts'

export interface Option {
  readonly about: string
  /** The name of its value; absent for a flag. */
  readonly value?: string
  readonly several?: true
  readonly required?: true
}

export interface Values {
  /** In the order of the command's `takes`. */
  readonly positionals: readonly string[]
  text(option: string): string | undefined
  texts(option: string): readonly string[] | undefined
  flag(option: string): boolean
}

export interface Context {
  readonly api: OperatorApi
  readonly out: Output
  readonly terminal: Terminal
  readonly values: Values
}

export interface Command {
  readonly about: string
  /** The names of the positional arguments. All are required. */
  readonly takes: readonly string[]
  readonly options?: Readonly<Record<string, Option>>
  /** A paragraph for the help, below the usage. */
  readonly more?: string
  run(context: Context): Promise<void>
}

export const COMMON: Readonly<Record<string, Option>> = {
  url: {
    value: 'url',
    about: 'URL of the API (default: $FUNNEL_CONNECT_URL, else the local stack, http://127.0.0.1:4600)',
  },
  region: { value: 'region', about: 'AWS region of the API (default: from the URL, else $AWS_REGION)' },
  json: { about: "print the API's answer as JSON" },
  help: { about: 'show this text' },
}

/** @throws UsageError */
export function readArguments(name: string, command: Command, given: readonly string[]): Values {
  const options = { ...command.options, ...COMMON }
  const { values, positionals } = parse(name, options, given)
  const values_ = values as Readonly<Record<string, string | boolean | string[] | undefined>>
  if (values_.help !== true) {
    const missing = command.takes.slice(positionals.length).map((argument) => `<${argument}>`)
    for (const [option, { required }] of Object.entries(options))
      if (required && values_[option] === undefined) missing.push(`--${option}`)
    if (missing.length > 0) throw misused(name, `missing: ${missing.join(', ')}.`)
    const extra = positionals.slice(command.takes.length)
    if (extra.length > 0) throw misused(name, `unexpected: "${extra.join(' ')}".`)
  }
  return {
    positionals,
    text: (option) => values_[option] as string | undefined,
    texts: (option) => values_[option] as string[] | undefined,
    flag: (option) => values_[option] === true,
  }
}

function parse(name: string, options: Readonly<Record<string, Option>>, given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([option, { value, several }]) => [
          option,
          { type: value === undefined ? 'boolean' : 'string', ...(several && { multiple: true }) } as const,
        ]),
      ),
    })
  } catch (error) {
    throw misused(name, (error as Error).message)
  }
}

/** @throws UsageError */
export function wholeNumber(values: Values, option: string): number | undefined {
  const text = values.text(option)
  if (text === undefined) return undefined
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${option} takes a whole number, not "${text}".`)
  return Number(text)
}

function misused(name: string, what: string): UsageError {
  return new UsageError(`${name}: ${what}`, `"${name} --help" shows its arguments and options.`)
}

export function helpOf(name: string, command: Command): string {
  const takes = command.takes.map((argument) => ` <${argument}>`).join('')
  const own = Object.entries(command.options ?? {})
  const needed = own.filter(([, { required }]) => required)
  const usage = needed.map(([option, { value }]) => ` --${option} <${value}>`).join('')
  const described = [...own, ...Object.entries(COMMON)].map(
    ([option, { value, about, several, required }]) =>
      [
        `  --${option}${value === undefined ? '' : ` <${value}>`}`,
        `${about}${several ? '; can be repeated' : ''}${required ? ' (required)' : ''}`,
      ] as const,
  )
  const width = Math.max(...described.map(([left]) => left.length)) + 2
  return [
    `${command.about}\n`,
    `Usage: npm run tenants -- ${name}${takes}${usage}${own.length > needed.length ? ' [options]' : ''}`,
    ...(command.more === undefined ? [] : [`\n${command.more}`]),
    `\nOptions:`,
    ...described.map(([left, right]) => `${left.padEnd(width)}${right}`),
  ].join('\n')
}
